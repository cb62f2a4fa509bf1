// Incoming webhooks of Slack and Discord for specs: they take what the real ones take, by the limits of their documentation, and
// refuse in their words.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer of a chat. */
export interface ChatAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

type Message = Record<string, unknown>;

/** Speaks one chat's protocol on a port of its own. */
export class FakeChat {
  /** What was posted, oldest first. */
  readonly taken: Message[] = [];
  private readonly refusals: ChatAnswer[] = [];
  private readonly server: Server;

  private constructor(
    private readonly path: RegExp,
    private readonly judge: (message: Message, url: URL) => ChatAnswer,
  ) {
    this.server = createServer((request, response) => void this.take(request, response));
  }

  static slack(): Promise<FakeChat> {
    return new FakeChat(/^\/services\/T\w+\/B\w+\/\w+$/, slack).start();
  }

  static discord(): Promise<FakeChat> {
    return new FakeChat(/^\/api\/webhooks\/\d+\/[\w-]+$/, discord).start();
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The next messages are answered like this. */
  refuse(...answers: ChatAnswer[]): void {
    this.refusals.push(...answers);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }

  private async start(): Promise<this> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    return this;
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { status, headers = {}, body = '' } = this.answer(request, Buffer.concat(chunks).toString());
    response.writeHead(status, headers).end(body);
  }

  private answer({ method, url = '', headers }: IncomingMessage, text: string): ChatAnswer {
    const refusal = this.refusals.shift();
    if (refusal) return refusal;
    const address = new URL(url, this.origin);
    if (method !== 'POST' || !this.path.test(address.pathname)) return { status: 404, body: 'no_service' };
    if (headers['content-type'] !== 'application/json') return { status: 400, body: 'invalid_payload' };
    const message = JSON.parse(text) as Message;
    const answer = this.judge(message, address);
    if (answer.status < 300) this.taken.push(message);
    return answer;
  }
}

/** docs.slack.dev: reference/block-kit/blocks. */
function slack({ text, blocks }: Message): ChatAnswer {
  if (typeof text !== 'string' || text === '') return { status: 400, body: 'no_text' };
  const all = blocks as Record<string, never>[];
  if (all.length > 50 || !all.every(slackBlock)) return { status: 400, body: 'invalid_blocks' };
  return { status: 200, body: 'ok' };
}

function slackBlock({ type, text, fields, elements }: Record<string, never>): boolean {
  const fits = (value: unknown, most: number): boolean => {
    const { text: words, type: kind } = (value ?? {}) as { text?: string; type?: string };
    return kind === 'plain_text' && typeof words === 'string' && words.length > 0 && words.length <= most;
  };
  const some = (list: unknown, most: number, each: (one: never) => boolean) =>
    Array.isArray(list) && list.length > 0 && list.length <= most && list.every((one) => each(one as never));
  if (type === 'divider') return true;
  if (type === 'header') return fits(text, 150);
  if (type === 'section') return text ? fits(text, 3000) : some(fields, 10, (field) => fits(field, 2000));
  if (type === 'context') return some(elements, 10, (element) => fits(element, 2000));
  if (type !== 'actions') return false;
  return some(elements, 25, ({ type: kind, text: label, url }: Record<string, string>) => {
    return kind === 'button' && fits(label, 75) && /^https?:/.test(url ?? '') && String(url).length <= 3000;
  });
}

/** docs.discord.com: resources/message, embed limits. */
function discord({ content, embeds = [] }: Message, { searchParams }: URL): ChatAnswer {
  const wrong = { status: 400, body: JSON.stringify({ message: 'Invalid Form Body', code: 50035 }) };
  const all = embeds as { title?: string; description?: string; fields?: Field[]; footer?: { text: string } }[];
  if (all.length === 0 && !content)
    return { status: 400, body: JSON.stringify({ message: 'Cannot send an empty message', code: 50006 }) };
  let total = 0;
  for (const { title = '', description = '', fields = [], footer } of all) {
    const parts = fields.flatMap(({ name, value }) => [name, value]);
    total += [title, description, footer?.text ?? '', ...parts].join('').length;
    const fit = fields.every(
      ({ name, value }) => name !== '' && value !== '' && name.length <= 256 && value.length <= 1024,
    );
    if (!fit || fields.length > 25 || title.length > 256 || description.length > 4096) return wrong;
    if ((footer?.text ?? '').length > 2048) return wrong;
  }
  if (all.length > 10 || total > 6000) return wrong;
  if (searchParams.get('wait') !== 'true') return { status: 204 };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id: '1' }) };
}

interface Field {
  name: string;
  value: string;
}
