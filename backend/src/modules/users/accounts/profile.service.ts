import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { NotFound } from '#platform/errors/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { expectVersion } from '#platform/http/index.js';
import { Account } from './account.entity.js';
import type { PreferencesChange, ProfileShown } from './accounts.schemas.js';

/** A person's own account. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
  ) {}

  /** @throws NotFound when the account is gone */
  async read(actor: Actor): Promise<ProfileShown> {
    const account = await this.transactions.reader().findOne(Account, actor.userId ?? '');
    if (!account) throw new NotFound('This account does not exist any more.');
    return profileOf(account);
  }

  /** @throws PreconditionFailed when `ifMatch` names an older version */
  async change(actor: Actor, wanted: PreferencesChange, ifMatch?: string): Promise<ProfileShown> {
    return this.transactions.run(async (em) => {
      const account = await em.findOne(Account, actor.userId ?? '', { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!account) throw new NotFound('This account does not exist any more.');
      expectVersion(ifMatch, account.version);
      const changed = account.change(wanted);
      if (changed.length > 0)
        this.events.record(em, 'user.profile_updated', {
          workspaceId: SYSTEM_WORKSPACE,
          scope: { kind: 'user', id: account.id },
          subjectId: account.id,
          actor,
          data: { changed },
        });
      return profileOf(account);
    });
  }
}

/** What a person sees of their account. */
export function profileOf(account: Account): ProfileShown {
  const { id, email, name, locale, timeZone, currency, operator, version } = account;
  const emailVerified = account.emailVerifiedAt !== null;
  return {
    id,
    email,
    emailVerified,
    name,
    locale,
    timeZone,
    currency,
    operator,
    version,
    createdAt: account.createdAt.toISOString(),
  };
}
