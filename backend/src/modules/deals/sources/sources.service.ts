import { LockMode } from '@mikro-orm/core';
import { Injectable } from '@nestjs/common';
import type { Member } from '#platform/access/index.js';
import { afterCommit, query, Transactions, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';
import { expectVersion, ValidationFailed, type Page } from '#platform/http/index.js';
import { forgetRemoved } from '../messages/message-tombstones.js';
import { SourceCredentials } from './source-credentials.js';
import { SourceQueries } from './source.queries.js';
import { SourceRunner } from './source-runner.js';
import { settingsOf, type ImapSettings, type SourceSettings } from './source-settings.js';
import { SourceTester } from './source-tester.js';
import { Source } from './source.entity.js';
import { SourceNotFound, WrongSourceKind } from './sources.errors.js';
import type { NewSource, SourceChanges, SourceList, SourceTest, SourceView } from './sources.schemas.js';

/** What people do with sources. */
@Injectable()
export class SourcesService {
  constructor(
    private readonly transactions: Transactions,
    private readonly events: EventLog,
    private readonly queries: SourceQueries,
    private readonly credentials: SourceCredentials,
    private readonly tester: SourceTester,
    private readonly runner: SourceRunner,
  ) {}

  list(who: Member, list: SourceList): Promise<Page<SourceView>> {
    return this.queries.list(who, list);
  }

  one(who: Member, sourceId: string): Promise<SourceView> {
    return this.queries.one(who, sourceId);
  }

  async create(who: Member, wanted: NewSource): Promise<SourceView> {
    const source = Source.open(who.workspaceId, wanted.kind, wanted.name, wanted.settings);
    if (wanted.kind === 'imap') source.credentials = this.credentials.seal(source.id, wanted.credentials);
    await this.transactions.run(async (em) => {
      em.persist(source);
      await em.flush();
      await query(em, 'insert into source_state (source_id) values ($1)', [source.id]);
      this.events.record(em, 'source.created', {
        ...eventOf(who, source),
        data: { name: source.name, kind: source.kind },
      });
      this.wake(em);
    });
    return this.queries.one(who, source.id);
  }

  /** @throws SourceNotFound, PreconditionFailed, ValidationFailed, WrongSourceKind */
  async change(who: Member, sourceId: string, changes: SourceChanges, ifMatch?: string): Promise<SourceView> {
    await this.transactions.run(async (em) => {
      const source = await this.locked(em, who, sourceId, ifMatch);
      if (changes.credentials && source.kind !== 'imap') throw new WrongSourceKind('Only a mailbox has credentials.');
      const wanted = changes.settings && settings(source, changes.settings);
      if (wanted && !changes.credentials) refuseRedirect(source, wanted);
      const { name } = source;
      const changed = source.change({
        name: changes.name,
        settings: wanted,
        credentials: changes.credentials && this.credentials.seal(source.id, changes.credentials),
      });
      if (changed.length === 0) return;
      // A changed source is tried at once, from where it makes sense: another mailbox or feed has other cursors.
      if (changed.some((what) => what !== 'name')) await supersede(em, sourceId);
      if (changed.includes('settings')) await startOver(em, sourceId);
      await this.tryAtOnce(em, sourceId);
      const data = { name: source.name, changed, ...(changed.includes('name') && { before: { name } }) };
      this.events.record(em, 'source.updated', { ...eventOf(who, source), data });
    });
    return this.queries.one(who, sourceId);
  }

  /** @throws SourceNotFound, PreconditionFailed */
  async setPaused(who: Member, sourceId: string, paused: boolean, ifMatch?: string): Promise<SourceView> {
    await this.transactions.run(async (em) => {
      const source = await this.locked(em, who, sourceId, ifMatch);
      if (!source.setPaused(paused)) return;
      await this.tryAtOnce(em, sourceId);
      this.events.record(em, 'source.updated', {
        ...eventOf(who, source),
        data: { name: source.name, paused, changed: ['paused'], before: { paused: !paused } },
      });
    });
    return this.queries.one(who, sourceId);
  }

  /** @throws SourceNotFound, PreconditionFailed, WrongSourceKind */
  async changeAddress(who: Member, sourceId: string, ifMatch?: string): Promise<SourceView> {
    await this.transactions.run(async (em) => {
      const source = await this.locked(em, who, sourceId, ifMatch);
      if (source.kind !== 'smtp') throw new WrongSourceKind('Only a source that receives mail has an address.');
      source.changeAddress();
      this.events.record(em, 'source.updated', {
        ...eventOf(who, source),
        data: { name: source.name, changed: ['address'] },
      });
    });
    return this.queries.one(who, sourceId);
  }

  /** Its messages and deals stay. @throws SourceNotFound, PreconditionFailed */
  async remove(who: Member, sourceId: string, ifMatch?: string): Promise<void> {
    await this.transactions.run(async (em) => {
      const source = await this.locked(em, who, sourceId, ifMatch);
      source.remove();
      await forgetRemoved(em, sourceId);
      this.events.record(em, 'source.deleted', { ...eventOf(who, source), data: { name: source.name } });
      this.wake(em);
    });
  }

  /** Tries it out now. @throws SourceNotFound */
  async test(who: Member, sourceId: string): Promise<SourceTest> {
    const source = await this.transactions
      .reader()
      .findOne(Source, { id: sourceId, workspaceId: who.workspaceId, removedAt: null });
    if (!source) throw new SourceNotFound('There is no such source in this workspace.');
    return this.tester.test(source);
  }

  private async locked(em: EntityManager, who: Member, id: string, ifMatch?: string): Promise<Source> {
    const where = { id, workspaceId: who.workspaceId, removedAt: null };
    const source = await em.findOne(Source, where, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (!source) throw new SourceNotFound('There is no such source in this workspace.');
    expectVersion(ifMatch, source.version);
    return source;
  }

  private async tryAtOnce(em: EntityManager, sourceId: string): Promise<void> {
    await query(em, 'update source_state set next_run_at = now() where source_id = $1', [sourceId]);
    this.wake(em);
  }

  private wake(em: EntityManager): void {
    afterCommit(em, this, () => this.runner.poke());
  }
}

function settings(source: Source, wanted: Record<string, unknown>): SourceSettings {
  const parsed = settingsOf[source.kind].safeParse(wanted);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({
    path: ['/body/settings', ...path].join('/'),
    message,
  }));
  throw new ValidationFailed('Some settings are not right for this kind of source.', { errors });
}

/**
 * Credentials are written and never shown: who may change a source must not get them by having them sent elsewhere.
 *
 * @throws ValidationFailed when the settings would send the stored credentials to another server, or with less encryption
 */
function refuseRedirect({ kind, settings: now }: Source, wanted: SourceSettings): void {
  if (kind !== 'imap') return;
  const [from, to] = [now as ImapSettings, wanted as ImapSettings];
  const alike = from.host === to.host && from.port === to.port && from.security === to.security;
  if (alike && (!to.oauth || from.oauth?.tokenUrl === to.oauth.tokenUrl)) return;
  throw new ValidationFailed('The stored credentials are not sent to another server: enter them again.', {
    errors: [{ path: '/body/credentials', message: 'must come with another server, encryption or token address' }],
  });
}

/** What works with the source as it was writes nothing about it any more. */
async function supersede(em: EntityManager, sourceId: string): Promise<void> {
  await query(em, 'update source_state set generation = generation + 1 where source_id = $1', [sourceId]);
}

/** Forgets where it stands. Numbers of one mailbox say nothing in another, which may count from the same validity. */
async function startOver(em: EntityManager, sourceId: string): Promise<void> {
  const state =
    'update source_state set uid_validity = null, last_uid = null, etag = null, last_modified = null where source_id = $1';
  await query(em, state, [sourceId]);
  const places = 'update message set uid_validity = null, uid = null where source_id = $1 and uid is not null';
  await query(em, places, [sourceId]);
}

function eventOf(who: Member, source: Source) {
  return { workspaceId: who.workspaceId, subjectId: source.id, actor: who };
}
