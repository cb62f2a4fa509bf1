import { Injectable } from '@nestjs/common';
import { Secrets } from '#platform/crypto/index.js';
import { imapCredentials, type ImapCredentials } from './source-settings.js';

/** What mailboxes are opened with, sealed for one source: moved to another row it does not open. */
@Injectable()
export class SourceCredentials {
  constructor(private readonly secrets: Secrets) {}

  /** @returns the sealed text for the column `source.credentials` */
  seal(sourceId: string, credentials: ImapCredentials): string {
    return this.secrets.seal(JSON.stringify(credentials), context(sourceId));
  }

  /** @throws SecretUnreadable, KeyRingError when they cannot be opened any more */
  open(sourceId: string, sealed: string): ImapCredentials {
    return imapCredentials.parse(JSON.parse(this.secrets.open(sealed, context(sourceId))));
  }
}

function context(sourceId: string): string {
  return `source:${sourceId}:credentials`;
}
