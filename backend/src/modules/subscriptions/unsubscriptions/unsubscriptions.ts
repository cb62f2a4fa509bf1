import { Injectable } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { Signatures } from '#platform/crypto/index.js';
import { Reads } from '#platform/database/index.js';
import { accepted, type Language, languageOf } from '#platform/language/index.js';

const PURPOSE = 'unsubscribe';

const LOCALE = `
  select locale from user_account
   where id = coalesce((select user_id from subscription where id = $1), (select user_id from subscription_participant where id = $1))`;

/** Links that end a subscription without signing in: the mail that holds one is the proof. */
@Injectable()
export class Unsubscriptions {
  constructor(
    private readonly signatures: Signatures,
    private readonly instance: InstanceConfig,
    private readonly reads: Reads,
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

  /** The language of the person whose seat it is; while nobody has it, the one that their browser asks for. */
  async languageOf(seat: string, wanted?: string): Promise<Language> {
    const found = await this.reads.one<{ locale: string }>('unsubscriptions.locale', LOCALE, [seat]);
    return found ? languageOf(found.locale) : accepted(wanted);
  }

  /** The seat that a token names, or undefined when we did not make it. */
  read(token: string): string | undefined {
    const dot = token.indexOf('.');
    const id = token.slice(0, Math.max(dot, 0));
    return this.signatures.verify(PURPOSE, id, token.slice(dot + 1)) ? id : undefined;
  }
}
