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
}

/** Which rooms take mail beside the sources of deals: each registers at boot, and the receiving port asks. */
@Injectable()
export class IncomingMail {
  private readonly takers: MailTaker[] = [];

  register(taker: MailTaker): void {
    this.takers.push(taker);
  }

  /** The room that takes mail to this address, if any does. */
  takerOf(address: string): MailTaker | undefined {
    return this.takers.find((taker) => taker.takes(address));
  }
}
