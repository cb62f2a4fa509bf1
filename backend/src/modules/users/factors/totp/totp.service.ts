import { Injectable } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { InstanceConfig } from '#platform/config/index.js';
import { Secrets } from '#platform/crypto/index.js';
import { type EntityManager, Transactions } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { FactorChanges } from '../factor-changes.js';
import { FactorMails } from '../factor-mails.js';
import { CodeRefused, TotpActive, TotpMissing } from '../factors.errors.js';
import { HeldFactors } from '../held-factors.js';
import { enrolmentUri, matchingStep, newTotpSecret } from './one-time-codes.js';
import { TotpFactor } from './totp-factor.entity.js';
import type { TotpEnrolment } from './totp.schemas.js';

type Person = Actor & { userId: string };

/** Authenticator apps: set up, confirmed, asked, turned off. */
@Injectable()
export class TotpService {
  constructor(
    private readonly config: InstanceConfig,
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly secrets: Secrets,
    private readonly held: HeldFactors,
    private readonly changes: FactorChanges,
    private readonly mails: FactorMails,
  ) {}

  /**
   * Gives the person a secret for an app; it counts once a code confirms it. Asking again gives another secret.
   *
   * @throws TotpActive, ReauthenticationRequired
   */
  async enrol(actor: Person): Promise<TotpEnrolment> {
    const secret = newTotpSecret();
    return this.transactions.run(async (em) => {
      const account = await this.changes.guarded(em, actor);
      const factor = (await em.findOne(TotpFactor, { userId: account.id })) ?? TotpFactor.of(account.id);
      if (factor.active) throw new TotpActive();
      factor.enrol(this.secrets.seal(secret, context(account.id)));
      em.persist(factor);
      const instance = `Signalbox ${new URL(this.config.origin).hostname.replace(/[[\]:]+/g, '.')}`;
      return { secret, uri: enrolmentUri(secret, { instance, account: account.email }) };
    });
  }

  /**
   * Makes a new app count by its first code.
   *
   * @returns the recovery codes that come with the first factor, or null
   * @throws TotpMissing, TotpActive, CodeRefused
   */
  async confirm(actor: Person, code: string): Promise<string[] | null> {
    return this.transactions.run(async (em) => {
      const account = await this.changes.lock(em, actor);
      const factor = await em.findOne(TotpFactor, { userId: account.id });
      if (!factor) throw new TotpMissing();
      if (factor.active) throw new TotpActive();
      const step = matchingStep(this.open(factor), code);
      if (step === null || !factor.use(step)) throw new CodeRefused();
      const first = !(await this.held.any(em, account.id));
      factor.confirm();
      await em.flush();
      this.record(em, 'totp.enabled', actor);
      await this.mails.changed(em, account, { what: 'totp_enabled' });
      return this.changes.added(em, actor, first);
    });
  }

  /** Turns the app off, or forgets one that was never confirmed. @throws TotpMissing, ReauthenticationRequired */
  async disable(actor: Person): Promise<void> {
    await this.transactions.run(async (em) => {
      const account = await this.changes.guarded(em, actor);
      const factor = await em.findOne(TotpFactor, { userId: account.id });
      if (!factor) throw new TotpMissing();
      await em.remove(factor).flush();
      if (!factor.active) return;
      this.record(em, 'totp.disabled', actor);
      await this.mails.changed(em, account, { what: 'totp_disabled' });
      await this.changes.removed(em, actor);
    });
  }

  /**
   * Uses a code up inside the caller's transaction, which holds the lock of the person's account.
   *
   * @returns false when it is no code of the person's app, or was used before
   */
  async use(em: EntityManager, userId: string, code: string): Promise<boolean> {
    const factor = await em.findOne(TotpFactor, { userId });
    if (!factor?.active) return false;
    const secret = this.open(factor);
    const step = matchingStep(secret, code);
    if (step === null || !factor.use(step)) return false;
    if (this.secrets.stale(factor.secret)) factor.secret = this.secrets.seal(secret, context(userId));
    return true;
  }

  private open(factor: TotpFactor): string {
    return this.secrets.open(factor.secret, context(factor.userId));
  }

  private record(em: EntityManager, type: 'totp.enabled' | 'totp.disabled', actor: Person): void {
    this.events.record(em, type, {
      workspaceId: SYSTEM_WORKSPACE,
      scope: { kind: 'user', id: actor.userId },
      subjectId: actor.userId,
      actor,
      data: {},
    });
  }
}

function context(userId: string): string {
  return `totp:${userId}`;
}
