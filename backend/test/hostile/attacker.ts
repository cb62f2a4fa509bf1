// Sends hostile requests with valid credentials and keeps what later ones may name: ids and cursors.
import { Agent, request as open, type IncomingHttpHeaders } from 'node:http';
import type { TestPerson } from '../factories.js';
import { routeRequests } from '../route-requests.js';
import { makers, Tenant, type Caller } from '../tenants.js';
import type { WholeApplication } from '../whole-application.js';
import type { HostileRequest } from './requests.js';

/** What came back. */
export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** The request as it was sent, for whoever has to look into it. */
  sent: string;
}

/** Ids of things of one's own and of somebody else's, by the parameter that names them. */
type Pools = Record<'own' | 'other', Map<string, string[]>>;

const NOBODY = '01900000-0000-7000-8000-00000000dead';
/** Longer than anything here may take. */
const HANG_MS = 10_000;
const THINGS = 6;
const SYMBOL = /^(own|other|nobody):(\d+)$/;

/** A signed-in operator who owns a workspace, and who knows ids of another. */
export class Attacker {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 16 });
  private readonly pages: { path: string; query: string }[] = [];

  private constructor(
    private readonly whole: WholeApplication,
    private readonly operator: TestPerson,
    private readonly pools: Pools,
  ) {}

  static async prepare(whole: WholeApplication): Promise<Attacker> {
    const operator = await whole.make.person().operator().create();
    const workspace = await whole.make.workspace().ownedBy(operator).create();
    const own = await Tenant.of(whole, workspace);
    const other = await Tenant.create(whole);
    const pools = { own: await poolOf(own, operator), other: await poolOf(other, other.workspace.owner) };
    return new Attacker(whole, operator, pools);
  }

  /** @throws Error when nothing came back in time, or the connection broke */
  async send(request: HostileRequest): Promise<Reply> {
    const { operation } = request;
    const { headers: credentials, pools } = await this.callerOf(request);
    const url = this.urlOf(request, pools);
    const body = request.body?.replaceAll(/(?:"(\w+)":)?"((?:own|other|nobody):\d+)"/g, (_, field, symbol: string) => {
      const name = typeof field === 'string' && pools.own.has(field) ? field : 'sourceId';
      return (typeof field === 'string' ? `"${field}":` : '') + JSON.stringify(this.thing(name, symbol, pools));
    });
    const headers = { ...credentials, ...request.headers };
    const sent = `${operation.method} ${url}\n${JSON.stringify(request.headers)}\n${(body ?? '').slice(0, 2000)}`;
    const reply = await this.exchange(operation.method, url, headers, body).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${sent}`, { cause: error });
    });
    this.remember(request, url, reply);
    return { ...reply, sent };
  }

  close(): void {
    this.agent.destroy();
  }

  /** What takes the caller's own way in is done by somebody, and to a workspace, that nothing else needs. */
  private async callerOf({ operation }: HostileRequest): Promise<{ headers: Record<string, string>; pools: Pools }> {
    const { make } = this.whole;
    if (!RUINOUS.has(`${operation.method} ${operation.path}`))
      return { headers: { ...this.operator.headers }, pools: this.pools };
    const person = await make.person().operator().create();
    const { id } = await make.workspace().ownedBy(person).create();
    const own = new Map([...this.pools.own, ['workspaceId', [id]], ['membershipId', [id]]]);
    return { headers: { ...person.headers }, pools: { ...this.pools, own } };
  }

  private urlOf({ operation, ids, query, rawQuery }: HostileRequest, pools: Pools): string {
    let at = 0;
    const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      const value = this.thing(name, ids[at++] ?? '', pools);
      return value.startsWith('%') ? value : encodeURIComponent(value);
    });
    const next = query.find(([name, value]) => name === 'cursor' && value.startsWith('next:'));
    const search = (next && this.nextPage(path, next[1])) ?? this.searchOf(query);
    const whole = [search, rawQuery].filter(Boolean).join('&');
    return whole ? `${path}?${whole}` : path;
  }

  private searchOf(query: HostileRequest['query']): string {
    return query
      .map(([name, value]) => `${name}=${encodeURIComponent(this.thing(name, value).toWellFormed())}`)
      .join('&');
  }

  /** The query of a page that follows one of this list, if there was any. */
  private nextPage(path: string, symbol: string): string | undefined {
    const pages = this.pages.filter((page) => page.path === path);
    return pages[Number(symbol.slice(5)) % (pages.length || 1)]?.query;
  }

  private thing(name: string, symbol: string, pools = this.pools): string {
    if (name === 'cursor' && /^(?:cursor|next):/.test(symbol)) {
      const page = this.pages[Number(symbol.split(':')[1]) % (this.pages.length || 1)];
      return new URLSearchParams(page?.query).get('cursor') ?? 'none';
    }
    const [, whose, n = '0'] = SYMBOL.exec(symbol) ?? [];
    if (whose !== 'own' && whose !== 'other') return whose === 'nobody' ? NOBODY : symbol;
    const pool = pools[whose].get(name) ?? [NOBODY];
    return pool[Number(n) % pool.length] ?? NOBODY;
  }

  /** What was made can be named, and so can the positions of every list. */
  private remember({ operation }: HostileRequest, url: string, { status, headers, body }: Omit<Reply, 'sent'>): void {
    if (status >= 300 || !body.startsWith('{') || !String(headers['content-type']).startsWith('application/json'))
      return;
    const { id, nextCursor } = JSON.parse(body) as { id?: unknown; nextCursor?: unknown };
    if (typeof nextCursor === 'string') {
      const [path = '', search] = url.split('?');
      const query = new URLSearchParams(search);
      query.set('cursor', nextCursor);
      this.pages.push({ path, query: query.toString() });
      if (this.pages.length > 100) this.pages.shift();
    }
    const name = NAMES[operation.path.split('/').at(-1) ?? ''];
    const pool = name && this.pools.own.get(name);
    if (operation.method !== 'POST' || typeof id !== 'string' || !pool) return;
    pool.push(id);
    if (pool.length > 4 * THINGS) pool.shift();
  }

  private exchange(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: string | undefined,
  ): Promise<Omit<Reply, 'sent'>> {
    const { hostname, port } = new URL(this.whole.url);
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const signal = AbortSignal.timeout(HANG_MS);
      const sending = open(
        { hostname, port, method, path, headers: { ...headers, ...length }, agent: this.agent, signal },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: response.headers['content-encoding'] ? '' : Buffer.concat(chunks).toString('utf8'),
            }),
          );
        },
      );
      sending.on('error', reject);
      sending.end(body);
    });
  }
}

/** What ends the session that asks for it, or its way into the workspace. */
const RUINOUS = new Set([
  'DELETE /api/v1/sessions/current',
  'DELETE /api/v1/sessions',
  'DELETE /api/v1/sessions/{sessionId}',
  'PUT /api/v1/me/password',
  'POST /api/v1/me/deletion',
  'DELETE /api/v1/me/memberships/{membershipId}',
  'POST /api/v1/me/memberships/{membershipId}/ownership-transfer',
  'PUT /api/v1/workspaces/{workspaceId}/second-factor-policy',
  'PUT /api/v1/instance/workspaces/{workspaceId}/suspension',
  'PUT /api/v1/instance/workspaces/{workspaceId}/plan',
]);

/** Where new things come from, and the parameter that names them. */
const NAMES: Record<string, string> = {
  subscriptions: 'subscriptionId',
  sources: 'sourceId',
  invitations: 'invitationId',
  'api-keys': 'keyId',
  'service-accounts': 'serviceAccountId',
};

async function poolOf(tenant: Tenant, caller: Caller): Promise<Map<string, string[]>> {
  const pool = new Map<string, string[]>();
  const own = Object.values(routeRequests).map(({ params }) => params ?? {});
  for (const [name, make] of Object.entries({ ...Object.assign({}, ...own), ...makers } as typeof makers)) {
    const things: string[] = [];
    for (let n = 0; n < (name === 'workspaceId' ? 1 : THINGS); n++) things.push(await make(tenant, caller));
    pool.set(name, things);
  }
  return pool;
}
