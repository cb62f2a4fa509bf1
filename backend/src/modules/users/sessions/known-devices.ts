import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type EntityManager, query } from '#platform/database/index.js';
import { EventLog, SYSTEM_WORKSPACE } from '#platform/event-log/index.js';
import { addressPrincipal } from '#platform/http/index.js';
import type { Account } from '../accounts/account.entity.js';
import { tokenHash } from '../accounts/tokens.js';
import { FamiliarBrowsers } from '../guessing/familiar-browsers.js';
import { personAs } from './actors.js';
import { DeviceMails } from './device-mails.js';
import { deviceName } from './device-name.js';
import type { Session, Visitor } from './session.entity.js';

/** Devices that a person is remembered on, the ones seen last; as long as a browser's cookie lives. */
const KEPT = 50;
const KEPT_DAYS = 180;
/** More mails an hour tell nothing new: somebody signs in from ever new devices. */
const HOURLY_MAILS = 10;

const MEET = `
  with own as (select id, hash, first_seen_at, forgotten_at from known_device where user_id = $2),
  met as (
    insert into known_device (id, user_id, hash, name, first_seen_at, last_seen_at) values ($1, $2, $3, $4, now(), now())
    on conflict (user_id, hash) do update set name = excluded.name, last_seen_at = now(), forgotten_at = null
    returning id)
  select met.id,
         exists (select from own where hash = $3 and forgotten_at is null) as known,
         exists (select from own) as "signedInBefore",
         (select count(*)::int from own where first_seen_at > now() - interval '1 hour') as "newLately"
    from met`;

const PRUNE = `
  delete from known_device where user_id = $1 and id <> $2 and (
    last_seen_at < now() - make_interval(days => $3)
    or id not in (select id from known_device where user_id = $1 order by last_seen_at desc, id limit $4))`;

const FORGET = `
  update known_device set forgotten_at = now()
   where user_id = $1 and id = any($2::uuid[])
     and id is distinct from (select device_id from session where id = $3)`;

/**
 * The devices that a person signed in on. A browser is known by its cookie; a program, which keeps none, by what it says it
 * is and the network that it comes from.
 */
@Injectable()
export class KnownDevices {
  constructor(
    private readonly events: EventLog,
    private readonly browsers: FamiliarBrowsers,
    private readonly mails: DeviceMails,
  ) {}

  /**
   * Recognises the device that a session starts on, inside the caller's transaction. One that is new for the person is
   * recorded, and told by mail unless it is the first that they ever sign in on.
   *
   * @returns the id that the browser is to be remembered by; undefined for a program
   */
  async meet(em: EntityManager, account: Account, session: Session, visitor: Visitor): Promise<string | undefined> {
    const browser = visitor.keepsCookies
      ? (this.browsers.idOf(visitor.browsers, account.emailKey) ?? randomBytes(16).toString('base64url'))
      : undefined;
    const name = deviceName(visitor.userAgent);
    const network = visitor.address === undefined ? '' : addressPrincipal(visitor.address);
    const hash = tokenHash(browser ? `browser:${browser}` : `program:${name}:${network}`);
    const [met] = await query<{ id: string; known: boolean; signedInBefore: boolean; newLately: number }>(em, MEET, [
      uuidv7(),
      account.id,
      hash,
      name,
    ]);
    if (!met) throw new Error('A device was neither found nor made.');
    session.deviceId = met.id;
    await query(em, PRUNE, [account.id, met.id, KEPT_DAYS, KEPT]);
    if (met.known) return browser;
    const told = met.signedInBefore && met.newLately < HOURLY_MAILS;
    this.events.record(em, 'device.added', {
      workspaceId: SYSTEM_WORKSPACE,
      scope: { kind: 'user', id: account.id },
      subjectId: met.id,
      actor: personAs(account.id, visitor, session.id),
      data: { userId: account.id, sessionId: session.id, name, told },
    });
    if (told) await this.mails.newDevice(em, account, { name, address: session.address, at: session.createdAt });
    return browser;
  }

  /**
   * Forgets the devices of sessions that their person ended, inside the caller's transaction: who signs in there again is
   * told of as from a new one. The device of the session that stays is kept.
   */
  async forget(em: EntityManager, userId: string, sessions: readonly Session[], current?: string): Promise<void> {
    const devices = sessions.flatMap(({ deviceId }) => (deviceId === null ? [] : [deviceId]));
    if (devices.length > 0) await query(em, FORGET, [userId, devices, current ?? null]);
  }

  /** Forgets every device of a person, inside the caller's transaction. */
  async forgetAll(em: EntityManager, userId: string): Promise<void> {
    await query(em, `update known_device set forgotten_at = now() where user_id = $1`, [userId]);
  }
}
