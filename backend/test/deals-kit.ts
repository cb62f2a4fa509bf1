import type { Type } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { factory, type TestPerson, type TestWorkspace } from './factories.js';
import { startApplication, type TestApplication } from './application.js';
import { FiltersModule } from '#platform/filters/index.js';
import { HttpClientModule } from '#platform/http-client/index.js';
import { NotificationKindsModule } from '#platform/notifications/index.js';
import { UsersModule } from '#modules/users/index.js';
import { DealsModule, SmtpReceiver, type SourceView } from '#modules/deals/index.js';

/** What specs of this room start from. */
export interface DealsKit extends TestApplication {
  readonly team: TestWorkspace;
  readonly owner: TestPerson;
  /** Calls an endpoint of the workspace as its owner and gives the answer; fails on a status that was not expected. */
  call<T = Record<string, unknown>>(method: string, path: string, body?: unknown, expected?: number): Promise<T>;
  source(body: Record<string, unknown>): Promise<SourceView>;
  /** Sends raw bytes to an address over SMTP. @returns the server's answer */
  mail(to: string | string[], raw: string | Buffer): Promise<string>;
}

/** Boots users and deals, and further rooms, with a workspace of its own. */
export async function dealsKit(settings: Record<string, string> = {}, more: Type[] = []): Promise<DealsKit> {
  const rooms = [FiltersModule, HttpClientModule, NotificationKindsModule, UsersModule, DealsModule, ...more];
  const started = await startApplication(rooms, { SIGNALBOX_OUTBOUND_ALLOW: '127.0.0.1', ...settings });
  const team = await factory(started.app).workspace().create();
  const { owner } = team;
  const call: DealsKit['call'] = async <T>(method: string, path: string, body?: unknown, expected?: number) => {
    const answer = await started.request(method, team.url(path), {
      headers: owner.headers,
      ...(body ? { payload: body as object } : {}),
    });
    const wanted = expected ? answer.statusCode === expected : answer.statusCode < 300;
    if (!wanted) throw new Error(`${method} ${path} answered ${answer.statusCode}: ${answer.body}`);
    return (answer.body === '' ? undefined : answer.json()) as T;
  };
  return {
    ...started,
    team,
    owner,
    call,
    source: (body) => call<SourceView>('POST', 'sources', body),
    mail: async (to, raw) => {
      const transport = createTransport({
        host: '127.0.0.1',
        port: started.app.get(SmtpReceiver).port,
        secure: false,
        ignoreTLS: true,
      });
      const envelope = { from: 'sender@example.com', to };
      try {
        return (await transport.sendMail({ envelope, raw })).response;
      } finally {
        transport.close();
      }
    },
  };
}

/** A raw mail that offers what its subject says. */
export function dealMail(subject: string, text = '', headers: Record<string, string> = {}): string {
  const lines = {
    From: 'Deals <deals@example.com>',
    To: 'somebody@example.com',
    Date: new Date(Date.now() - 60_000).toUTCString(),
    'Message-ID': `<${Math.random().toString(36).slice(2)}.${Date.now()}@example.com>`,
    Subject: subject,
    'MIME-Version': '1.0',
    'Content-Type': 'text/plain; charset=utf-8',
    ...headers,
  };
  const head = Object.entries(lines)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}: ${value}`);
  return `${head.join('\r\n')}\r\n\r\n${text}\r\n`;
}

/** Waits until a condition holds, and gives what it gave; the spec's own timeout ends a wait in vain. */
export async function until<T>(condition: () => Promise<T | undefined | null | false>): Promise<T> {
  for (;;) {
    const found = await condition();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
