// People, workspaces and keys for specs, written straight to the database of a running application. They record no event:
// a spec that wants the events goes through the API.
import { createHash, randomBytes, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { INestApplicationContext } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { hash } from '@node-rs/argon2';
import { v7 as uuidv7 } from 'uuid';
import type { Permission, Role } from '#platform/access/index.js';
import { InstanceConfig } from '#platform/config/index.js';
import { Signatures } from '#platform/crypto/index.js';
import { query, Transactions } from '#platform/database/index.js';

/** A person who is signed in: `headers` go with a request of theirs. */
export interface TestPerson {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly sessionId: string;
  readonly token: string;
  readonly headers: { readonly authorization: string };
}

/** A workspace with its first owner. */
export interface TestWorkspace {
  readonly id: string;
  readonly name: string;
  readonly owner: TestPerson;
  /** The address of something in it: `/api/v1/workspaces/<id>/<path>`. */
  url(path?: string): string;
}

/** A key that works. */
export interface TestApiKey {
  readonly id: string;
  readonly key: string;
  readonly headers: { readonly authorization: string };
}

/** The password of every person that a factory makes. */
export const TEST_PASSWORD = 'a password for the specs';

// Hashed once a process: Argon2 is slow on purpose.
let passwordHash: Promise<string> | undefined;
let counter = 0;

/** What specs build from. @param app an application with the users room */
export function factory(app: INestApplicationContext): Factory {
  return new Factory(app);
}

/** Starts builders; each ends with `create()`. */
export class Factory {
  private readonly jwt = new JwtService({});

  constructor(private readonly app: INestApplicationContext) {}

  /** A person with a confirmed address and a session: `factory(app).person().in(team, 'viewer').create()`. */
  person(): PersonBuilder {
    return new PersonBuilder(this);
  }

  /** A workspace: `factory(app).workspace('Acme').create()`; a new person owns it unless `ownedBy` names one. */
  workspace(name = `Workspace ${++counter}`): WorkspaceBuilder {
    return new WorkspaceBuilder(this, name);
  }

  /** A key of a person in a workspace: `factory(app).apiKey(team, ada).scopes('deals:read').create()`. */
  apiKey(workspace: Pick<TestWorkspace, 'id'>, person: Pick<TestPerson, 'id'>): ApiKeyBuilder {
    return new ApiKeyBuilder(this, workspace.id, person.id);
  }

  /** Runs one statement in a transaction. */
  async sql<T extends object>(text: string, values: unknown[]): Promise<T[]> {
    return this.app.get(Transactions).run((em) => query<T>(em, text, values));
  }

  /** An access token as the users room signs them. */
  token(userId: string, sessionId: string): string {
    const signatures = this.app.get(Signatures);
    const keyid = signatures.keyId();
    return this.jwt.sign(
      { sid: sessionId },
      {
        algorithm: 'HS256',
        keyid,
        secret: signatures.key('access-token', keyid),
        issuer: this.app.get(InstanceConfig).origin,
        audience: 'signalbox-api',
        subject: userId,
        expiresIn: 900,
      },
    );
  }
}

/** Makes a person. */
export class PersonBuilder {
  private readonly memberships: { workspaceId: string; role: Role }[] = [];
  private wanted = {
    name: '',
    email: '',
    locale: 'en',
    timeZone: 'UTC',
    currency: 'USD',
    operator: false,
    verified: true,
  };

  constructor(private readonly factory: Factory) {}

  named(name: string): this {
    this.wanted.name = name;
    return this;
  }

  /** An address in the form the users room keeps: ASCII; its key is the lower-case form. */
  email(email: string): this {
    this.wanted.email = email;
    return this;
  }

  prefers(preferences: { locale?: string; timeZone?: string; currency?: string }): this {
    Object.assign(this.wanted, preferences);
    return this;
  }

  operator(): this {
    this.wanted.operator = true;
    return this;
  }

  unverified(): this {
    this.wanted.verified = false;
    return this;
  }

  /** Makes them a member of a workspace too. */
  in(workspace: Pick<TestWorkspace, 'id'>, role: Role = 'member'): this {
    this.memberships.push({ workspaceId: workspace.id, role });
    return this;
  }

  async create(): Promise<TestPerson> {
    const id = uuidv7();
    const sessionId = uuidv7();
    const { locale, timeZone, currency, operator, verified } = this.wanted;
    const name = this.wanted.name || `Person ${++counter}`;
    const email = this.wanted.email || `person-${randomBytes(5).toString('hex')}@example.com`;
    passwordHash ??= hash(TEST_PASSWORD);
    await this.factory.sql(
      `with person as (
         insert into user_account (id, email, email_key, name, password_hash, operator, locale, time_zone, currency, email_verified_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, case when $10 then now() end)
         returning id
       ), joined as (
         insert into membership (workspace_id, user_id, role)
         select (m->>'workspaceId')::uuid, person.id, m->>'role' from person, jsonb_array_elements($11::jsonb) as m
       )
       insert into session (id, user_id, method, created_at, last_used_at, idle_expires_at, expires_at)
       select $12, person.id, 'password', now(), now(), now() + interval '14 days', now() + interval '30 days' from person`,
      [
        ...[id, email, email.toLowerCase(), name, await passwordHash, operator, locale, timeZone, currency, verified],
        ...[JSON.stringify(this.memberships), sessionId],
      ],
    );
    const token = this.factory.token(id, sessionId);
    return {
      id,
      email,
      name,
      password: TEST_PASSWORD,
      sessionId,
      token,
      headers: { authorization: `Bearer ${token}` },
    };
  }
}

/** Makes a workspace. */
export class WorkspaceBuilder {
  private owner?: TestPerson;

  constructor(
    private readonly factory: Factory,
    private readonly name: string,
  ) {}

  ownedBy(owner: TestPerson): this {
    this.owner = owner;
    return this;
  }

  async create(): Promise<TestWorkspace> {
    const id = uuidv7();
    const { name } = this;
    const owner = this.owner ?? (await this.factory.person().create());
    await this.factory.sql(
      `with made as (insert into workspace (id, name, created_by) values ($1, $2, $3) returning id)
       insert into membership (workspace_id, user_id, role) select made.id, $3, 'owner' from made`,
      [id, name, owner.id],
    );
    return { id, name, owner, url: (path = '') => `/api/v1/workspaces/${id}${path && `/${path}`}` };
  }
}

/** Makes an API key. */
export class ApiKeyBuilder {
  private wanted: { scopes: Permission[]; expiresAt: Date | null } = { scopes: ['deals:read'], expiresAt: null };

  constructor(
    private readonly factory: Factory,
    private readonly workspaceId: string,
    private readonly userId: string,
  ) {}

  scopes(...scopes: Permission[]): this {
    this.wanted.scopes = scopes;
    return this;
  }

  expiring(at: Date): this {
    this.wanted.expiresAt = at;
    return this;
  }

  async create(): Promise<TestApiKey> {
    const id = uuidv7();
    const key = keyText();
    const { scopes, expiresAt } = this.wanted;
    const digest = createHash('sha256').update(key).digest();
    await this.factory.sql(
      `insert into api_key (id, workspace_id, user_id, name, hash, hint, scopes, created_at, expires_at)
       values ($1, $2, $3, 'A key', $4, $5, $6, now(), $7)`,
      [id, this.workspaceId, this.userId, digest, key.slice(-4), scopes, expiresAt],
    );
    return { id, key, headers: { authorization: `Bearer ${key}` } };
  }
}

/** A key's text as docs/users.md describes it, written down a second time so that the specs hold the room to it. */
function keyText(): string {
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  const random = Array.from({ length: 32 }, () => digits[randomInt(62)]).join('');
  let checksum = '';
  for (let left = crc32(random), i = 0; i < 6; i++, left = Math.floor(left / 62))
    checksum = digits[left % 62] + checksum;
  return `sbx_${random}${checksum}`;
}
