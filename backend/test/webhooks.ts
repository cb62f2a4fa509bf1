// What the specs of the webhooks room start from: it and accounts, a sink that is posted to, and events to be told of.
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LightMyRequestResponse } from 'fastify';
import { v7 as uuidv7 } from 'uuid';
import type { EventData, EventType } from '#contract/events/index.js';
import { UsersModule } from '#modules/users/index.js';
import { WebhooksModule } from '#modules/webhooks/index.js';
import { systemActor } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { EventLog, type EventScope } from '#platform/event-log/index.js';
import { EventSight, FiltersModule } from '#platform/filters/index.js';
import { HttpClientModule } from '#platform/http-client/index.js';
import { NotificationKindsModule } from '#platform/notifications/index.js';
import { startApplication, type TestApplication } from './application.js';
import { dealFound } from './deals.js';
import { factory, type Factory, type TestWorkspace } from './factories.js';
import type { TestInstance } from './harness.js';

/** A request that a sink took. */
export interface Taken {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  at: number;
}

/** A real HTTP server that remembers what it is sent. How it answers, the path chooses; 204 when nobody said. */
export class Sink {
  readonly taken: Taken[] = [];
  private readonly answers = new Map<string, (taken: Taken, response: ServerResponse) => void>();

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => void this.take(request, response));
  }

  static async open(): Promise<Sink> {
    const server = createServer();
    const sink = new Sink(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return sink;
  }

  /** Says how requests to a path are answered. */
  answer(path: string, how: (taken: Taken, response: ServerResponse) => void): void {
    this.answers.set(path, how);
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** What came to one path. */
  at(path: string): Taken[] {
    return this.taken.filter((taken) => taken.path === path);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const taken = { path: request.url ?? '', headers: request.headers, body, at: performance.now() };
    this.taken.push(taken);
    const how = this.answers.get(taken.path);
    if (how) how(taken, response);
    else response.writeHead(204).end();
  }
}

/** An endpoint as the API shows it. */
export interface Shown {
  id: string;
  url: string;
  state: string;
  stateReason: string | null;
  version: number;
  secret: string;
  publicKey: string | null;
  types: string[] | null;
  filter: string;
  failingSince: string | null;
  headerNames: string[];
}

/** A row of `webhook_delivery`. */
export interface DeliveryRow {
  id: string;
  endpoint_id: string;
  event_id: string;
  event_type: string;
  state: string;
  attempts: number;
  failures: number;
  status: number | null;
  error: string | null;
  next_attempt_at: string;
  held: boolean;
}

/** The room, running, and what its specs do with it. */
export class WebhookRoom {
  readonly make: Factory;

  private constructor(
    readonly application: TestApplication,
    readonly sink: Sink,
  ) {
    this.make = factory(application.app);
  }

  static async open(settings: Record<string, string> = {}, shared?: TestInstance): Promise<WebhookRoom> {
    const rooms = [FiltersModule, NotificationKindsModule, HttpClientModule, UsersModule, WebhooksModule];
    const quick = {
      SIGNALBOX_JOBS_SWEEP_MS: '50',
      SIGNALBOX_LOG_POLL_MS: '50',
      SIGNALBOX_OUTBOUND_ALLOW: '127.0.0.1',
      SIGNALBOX_PUBLIC_URL: 'https://signals.example',
    };
    const application = await startApplication(rooms, { ...quick, ...settings }, shared);
    // The deals room says who may see its events; here there is none.
    application.app.get(EventSight).place('deals:read', ['deal.found']);
    return new WebhookRoom(application, await Sink.open());
  }

  async close(): Promise<void> {
    await this.application.close();
    await this.sink.close();
  }

  rows<T extends object>(text: string, values: unknown[] = []): Promise<T[]> {
    return this.make.sql<T>(text, values);
  }

  call(
    who: { headers: { authorization: string } } | null,
    method: string,
    url: string,
    payload?: object | string,
    headers: Record<string, string> = {},
  ): Promise<LightMyRequestResponse> {
    const all = { ...who?.headers, ...headers };
    return this.application.request(method, url, { headers: all, ...(payload === undefined ? {} : { payload }) });
  }

  /** Makes an endpoint of the workspace's owner, by the API. Without a URL, at a path of its own of the sink. */
  async endpoint(
    team: TestWorkspace,
    more: object = {},
    who: { headers: { authorization: string } } = team.owner,
  ): Promise<Shown> {
    const body = { url: this.sink.url(`/${uuidv7()}`), types: ['deal.found'], ...more };
    const answer = await this.call(who, 'POST', team.url('webhook-endpoints'), body);
    if (answer.statusCode !== 201) throw new Error(`Refused: ${answer.body}`);
    return answer.json<Shown>();
  }

  /** What the sink got for an endpoint. */
  got(endpoint: Pick<Shown, 'url'>): Taken[] {
    return this.sink.at(new URL(endpoint.url).pathname);
  }

  /** Records a `deal.found`. @returns the event's id */
  found(
    workspace: Pick<TestWorkspace, 'id'>,
    data: Partial<EventData<'deal.found'>> = {},
    scope?: EventScope,
  ): Promise<string> {
    return this.record(workspace, 'deal.found', dealFound(data), scope);
  }

  record<T extends EventType>(
    workspace: { id: string },
    type: T,
    data: EventData<T>,
    scope?: EventScope,
  ): Promise<string> {
    const event = {
      workspaceId: workspace.id,
      subjectId: uuidv7(),
      actor: systemActor(),
      data,
      ...(scope && { scope }),
    };
    const { app } = this.application;
    return app.get(Transactions).run(async (em) => app.get(EventLog).record(em, type, event));
  }

  /** Waits until the reader has passed everything recorded so far. */
  async read(): Promise<void> {
    await this.until(async () => {
      const [row] = await this.rows<{ passed: boolean }>(
        `select not exists (select from outbox) and c.position >= s.position as passed
           from log_state s, reader_cursor c where c.reader = 'webhooks'`,
      );
      return row?.passed === true;
    });
  }

  deliveries(of: { eventId?: string; endpointId?: string }): Promise<DeliveryRow[]> {
    return this.rows<DeliveryRow>(
      `select * from webhook_delivery where ($1::uuid is null or event_id = $1) and ($2::uuid is null or endpoint_id = $2)
        order by event_position, id`,
      [of.eventId ?? null, of.endpointId ?? null],
    );
  }

  /** Waits until nothing of an endpoint is queued, its retries hurried. @returns its deliveries */
  async settled(endpointId: string, hurried = true): Promise<DeliveryRow[]> {
    await this.read();
    await this.until(async () => {
      if (hurried) await this.hurry(endpointId);
      return (await this.deliveries({ endpointId })).every(({ state }) => state !== 'queued');
    });
    return this.deliveries({ endpointId });
  }

  /** Makes what waits for its next attempt due now. */
  async hurry(endpointId: string): Promise<void> {
    await this.rows(
      `with due as (update webhook_delivery set next_attempt_at = now()
        where endpoint_id = $1 and state = 'queued' and next_attempt_at > now() and not held returning endpoint_id)
       update webhook_lane set due_at = now(), wakes = wakes + 1 where endpoint_id in (select endpoint_id from due) returning 1`,
      [endpointId],
    );
  }

  /** Waits until `check` holds; the suite's own time limit ends it. */
  async until(check: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await check())) await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
