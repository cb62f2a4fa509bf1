// Boots an application of given modules on the real services, with people who are signed in by saying so.
import { jest } from '@jest/globals';
import { Global, Injectable, Module, type DynamicModule, type Provider, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { v7 as uuidv7 } from 'uuid';
import {
  AccessModule,
  Authenticator,
  type Actor,
  type Credentials,
  Grants,
  type Role,
  Unauthenticated,
} from '#platform/access/index.js';
import { ConfigModule, configClasses } from '#platform/config/index.js';
import { CryptoModule } from '#platform/crypto/index.js';
import { affected, DatabaseModule, query, Transactions } from '#platform/database/index.js';
import { createHttpApp, HttpModule } from '#platform/http/index.js';
import { QuotasModule } from '#platform/quotas/index.js';
import { RedisModule } from '#platform/redis/index.js';
import { TelemetryModule } from '#platform/telemetry/index.js';
import { testInstance, type TestInstance } from './harness.js';

// Copying a database and booting an application take seconds when other specs do the same.
jest.setTimeout(60_000);

/** What a spec boots. */
export interface HttpKitOptions {
  imports?: (Type | DynamicModule)[];
  controllers?: Type[];
  providers?: Provider[];
  /** Settings over those of the instance. Rates are high unless given. */
  env?: Record<string, string>;
  /** True unless given: an answer that its schema does not describe becomes a 500. */
  checkAnswers?: boolean;
  /** Leave out the stand-in for sign-in, when `imports` bring the real one. */
  realSignIn?: boolean;
  /** Another spec's instance, to boot a second process on the same services. */
  instance?: TestInstance;
}

/** What a call says beside its method and path. */
export interface CallOptions {
  as?: Actor;
  body?: unknown;
  /** The body as it is, unparsed. */
  raw?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

/** JSON as `JSON.parse` gives it: a spec looks at what it expects. */
export type Parsed = ReturnType<JSON['parse']>;

/** An answer, its body parsed when it is JSON. */
export interface Answer<T = Parsed> {
  status: number;
  headers: Headers;
  body: T;
  text: string;
}

/** A running application and ways to use it. */
export interface HttpKit {
  app: NestFastifyApplication;
  url: string;
  instance: TestInstance;
  call<T = Parsed>(method: string, path: string, options?: CallOptions): Promise<Answer<T>>;
  /** A person with that role in a new workspace, or in the given one. */
  member(role: Role, workspaceId?: string): Promise<{ actor: Actor; workspaceId: string }>;
  close(): Promise<void>;
}

/** Signs in whoever the header names: `Authorization: Test <actor as JSON>`. */
@Injectable()
class SaidToBe extends Authenticator {
  override async authenticate({ headers }: Credentials): Promise<Actor | null> {
    const said = headers.authorization;
    if (!said) return null;
    if (!said.startsWith('Test ')) throw new Unauthenticated('The token is not valid.');
    return JSON.parse(said.slice(5)) as Actor;
  }
}

@Global()
@Module({ providers: [{ provide: Authenticator, useClass: SaidToBe }], exports: [Authenticator] })
class StandInSignIn {}

const PLENTY = {
  ANONYMOUS: '1000000',
  USER: '1000000',
  API_KEY: '1000000',
  AUTH: '1000000',
  UPLOAD: '1000000',
  EXPORT: '1000000',
};

/** A person who belongs nowhere yet. */
export function person(extra: Partial<Actor> = {}): Actor {
  const id = uuidv7();
  return { kind: 'user', id, userId: id, ...extra };
}

/** Boots the application and listens on a port that the system chooses. */
export async function bootHttp(options: HttpKitOptions): Promise<HttpKit> {
  const instance = options.instance ?? (await testInstance());
  const rates = Object.fromEntries(Object.entries(PLENTY).map(([name, rate]) => [`SIGNALBOX_RATE_${name}`, rate]));
  const env = known({ ...instance.env, SIGNALBOX_LOG_LEVEL: 'fatal', ...rates, ...options.env });
  class SpecModule {}
  Module({
    imports: [
      ConfigModule.forRoot(env),
      DatabaseModule,
      RedisModule,
      CryptoModule,
      TelemetryModule,
      AccessModule,
      QuotasModule,
      HttpModule,
      ...(options.realSignIn ? [] : [StandInSignIn]),
      ...(options.imports ?? []),
    ],
    controllers: options.controllers ?? [],
    providers: options.providers ?? [],
  })(SpecModule);
  const dispose = async () => {
    if (!options.instance) await instance.dispose();
  };
  const app = await boot(SpecModule, env, options.checkAnswers ?? true).catch(async (error: unknown) => {
    await dispose();
    throw error;
  });
  if (!options.realSignIn) await forgetForeignKeys(app);
  const url = await app.getUrl();
  return {
    app,
    url,
    instance,
    call: (method, path, how) => call(url, method, path, how),
    member: async (role, workspaceId = uuidv7()) => {
      const actor = person();
      await join(app, workspaceId, actor, role);
      return { actor, workspaceId };
    },
    close: async () => {
      await app.close();
      await dispose();
    },
  };
}

async function boot(module: Type, env: Record<string, string>, checkAnswers: boolean): Promise<NestFastifyApplication> {
  const logger = process.env['SPEC_LOG'] ? (['error', 'warn'] as const).slice() : (false as const);
  const app = await createHttpApp(module, { env, checkAnswers, nest: { logger } });
  try {
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}

/** Without the settings of rooms that the spec does not import: they would count as unknown. */
function known(env: Record<string, string>): Record<string, string> {
  const variables = new Set(
    configClasses().flatMap(({ settings }) => Object.values(settings).map(({ variable }) => variable)),
  );
  return Object.fromEntries(Object.entries(env).filter(([name]) => variables.has(name)));
}

/** Makes somebody a member. */
async function join(app: NestFastifyApplication, workspaceId: string, actor: Actor, role: Role): Promise<void> {
  await app
    .get(Transactions)
    .run((em) =>
      affected(em, 'insert into membership (workspace_id, user_id, role) values ($1, $2, $3)', [
        workspaceId,
        actor.userId,
        role,
      ]),
    );
  app.get(Grants).invalidate(actor.id ?? undefined);
}

/** Memberships of people and workspaces that this spec's database has no rows of. */
async function forgetForeignKeys(app: NestFastifyApplication): Promise<void> {
  await app.get(Transactions).run(async (em) => {
    const keys = await query<{ name: string }>(
      em,
      `select conname as name from pg_constraint where conrelid = 'membership'::regclass and contype = 'f'`,
    );
    for (const { name } of keys) await affected(em, `alter table membership drop constraint "${name}"`);
  });
}

async function call<T>(
  url: string,
  method: string,
  path: string,
  { as, body, raw, headers = {} }: CallOptions = {},
): Promise<Answer<T>> {
  const response = await fetch(url + path, {
    method,
    headers: {
      ...(as ? { authorization: `Test ${JSON.stringify(as)}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
    redirect: 'manual',
  });
  const text = await response.text();
  const json = (response.headers.get('content-type') ?? '').includes('json') && text !== '';
  return { status: response.status, headers: response.headers, body: (json ? JSON.parse(text) : text) as T, text };
}
