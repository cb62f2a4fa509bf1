import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { Signatures } from '#platform/crypto/index.js';

const PURPOSE = 'unsubscribe';

/** Links that end a subscription without signing in: the mail that holds one is the proof. */
@Injectable()
export class Unsubscriptions {
  constructor(
    private readonly signatures: Signatures,
    private readonly instance: InstanceConfig,
  ) {}

  /**
   * The address that a mail links to; POST ends what it came from, GET asks first.
   *
   * @param seat the subscription's id, or of a shared one the id of the person's part in it
   */
  url(seat: string): string {
    const token = `${seat}.${this.signatures.sign(PURPOSE, seat)}`;
    return `${this.instance.origin}/api/v1/unsubscriptions/${token}`;
  }

  /** The seat that a token names, or undefined when we did not make it. */
  read(token: string): string | undefined {
    const dot = token.indexOf('.');
    const id = token.slice(0, Math.max(dot, 0));
    return this.signatures.verify(PURPOSE, id, token.slice(dot + 1)) ? id : undefined;
  }
}
