import { Injectable } from '@nestjs/common';
import type { EntityManager } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { personAs } from '../../sessions/actors.js';
import type { Visitor } from '../../sessions/session.entity.js';
import { InvalidCredentials } from '../../sessions/sessions.errors.js';
import type { Account } from '../account.entity.js';
import { DeletionMails } from './deletion-mails.js';

/** Keeps accounts that were to be erased, when their people sign in. */
@Injectable()
export class KeptAccounts {
  constructor(
    private readonly events: EventLog,
    private readonly mails: DeletionMails,
  ) {}

  /**
   * Called inside the transaction that starts a session.
   *
   * @throws InvalidCredentials when the erasure has begun: there is no such account any more
   */
  async signedIn(em: EntityManager, account: Account, visitor: Visitor): Promise<void> {
    if (account.erasing) throw new InvalidCredentials();
    if (!account.keep()) return;
    this.events.record(em, 'user.deletion_cancelled', {
      workspaceId: SYSTEM_WORKSPACE,
      scope: { kind: 'user', id: account.id },
      subjectId: account.id,
      actor: personAs(account.id, visitor),
      data: {},
    });
    await this.mails.kept(em, account);
  }
}
