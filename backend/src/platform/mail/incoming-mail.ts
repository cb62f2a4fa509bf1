import { Injectable } from '@nestjs/common';

/** A room that takes mail at addresses of the product's own. */
export interface MailTaker {
  /** Whether mail to this address is for it; anybody may ask, so it says nothing of people. */
  takes(address: string): boolean;
  /**
   * Takes one mail. When this returns, it is dealt with: its sender is told yes.
   *
   * @param raw as it arrived, up to 25 MB of whatever somebody sent
   * @throws what makes the sender try again later
   */
  take(raw: Buffer, address: string): Promise<void>;
  /**
   * Takes one mail that came to another address, such as a mailbox that is read, if it proves by itself that it is for this room.
   *
   * @returns whether it was; then it is dealt with
   * @throws what makes whoever brings it try again later
   */
  claim(raw: Buffer): Promise<boolean>;
}

/** Which rooms take mail beside the sources of deals: each registers at boot, and the receiving port asks. */
@Injectable()
export class IncomingMail {
  private readonly takers: MailTaker[] = [];

  register(taker: MailTaker): void {
    this.takers.push(taker);
  }

  /** Asks each room whether a mail that came to no address of the product's own is for it. @returns whether one took it */
  async claim(raw: Buffer): Promise<boolean> {
    for (const taker of this.takers) if (await taker.claim(raw)) return true;
    return false;
  }

  /** The room that takes mail to this address, if any does. */
  takerOf(address: string): MailTaker | undefined {
    return this.takers.find((taker) => taker.takes(address));
  }
}
