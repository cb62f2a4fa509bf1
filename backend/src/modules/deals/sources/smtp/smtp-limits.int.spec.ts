import { readdirSync, readlinkSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { InstanceConfig } from '#platform/config/index.js';
import { Storage } from '#platform/storage/index.js';
import { dealMail, dealsKit, until, type DealsKit } from '#test/deals-kit.js';
import type { SourceView } from '../sources.schemas.js';
import { SessionDeadlines } from './session-deadlines.js';
import { SmtpReceiver } from './smtp-receiver.js';

jest.setTimeout(60_000);
const HOUR = 3_600_000;
const MEGABYTE = 1024 * 1024;
let kit: DealsKit;
let source: SourceView;
const open: Sender[] = [];

beforeAll(async () => {
  kit = await dealsKit();
  source = await kit.source({ kind: 'smtp', name: 'A' });
});
afterEach(() => {
  kit.app.get(SessionDeadlines).limits = { command: HOUR, message: HOUR, session: HOUR };
  open.splice(0).forEach((sender) => sender.leave());
});
afterAll(() => kit?.close());

/** Somebody who speaks SMTP by hand. */
class Sender {
  said = '';
  gone = false;

  private constructor(private readonly socket: Socket) {
    socket.on('data', (bytes) => (this.said += bytes.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => (this.gone = true));
    open.push(this);
  }

  static async connect(): Promise<Sender> {
    const sender = new Sender(connect(kit.app.get(SmtpReceiver).port!, '127.0.0.1'));
    await until(async () => sender.gone || sender.said.startsWith('220'));
    await sender.command('EHLO spec');
    return sender;
  }

  /** Sends a line and waits for its answer, or for the end. */
  async command(line: string): Promise<string> {
    const before = this.said.length;
    this.socket.write(`${line}\r\n`);
    return until(async () => /^\d{3} .*\r\n/m.exec(this.said.slice(before))?.[0] ?? (this.gone && 'nothing'));
  }

  /** Comes to the point where the bytes of a message are expected. */
  async data(to = source.address!): Promise<void> {
    for (const line of ['MAIL FROM:<a@b.example>', `RCPT TO:<${to}>`, 'DATA']) await this.command(line);
  }

  /** Sends bytes and waits until the system has taken them. */
  async bytes(bytes: Buffer | string): Promise<void> {
    await new Promise<void>((sent) => this.socket.write(bytes, () => sent()));
  }

  leave(): void {
    this.socket.destroy();
  }
}

const spooled = () =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(join(kit.app.get(InstanceConfig).dataDir, 'spool'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }).length;
const count = async (subject: string) =>
  (await kit.rows<{ n: number }>('select count(*)::int as n from message where subject = $1', [subject]))[0]!.n;

describe('many senders of long messages at once', () => {
  it('take files, not memory, and every message is kept byte by byte', async () => {
    const senders = await Promise.all(Array.from({ length: 10 }, () => Sender.connect()));
    const raws = senders.map((_, i) => `${dealMail('Long', `number ${i}`)}${`${'x'.repeat(74)}\r\n`.repeat(30_000)}`);
    await Promise.all(
      senders.map(async (sender, i) => {
        await sender.data();
        await sender.bytes(raws[i]!);
      }),
    );
    await until(async () => spooled() === 10);
    const answers = await Promise.all(senders.map((sender) => sender.command('.')));
    for (const [i, answer] of answers.entries()) {
      const id = /Kept as (\S+)/.exec(answer)![1]!;
      const [row] = await kit.rows<{ storage_key: string }>('select storage_key from message where id = $1', [id]);
      expect((await kit.app.get(Storage).get(row!.storage_key)).toString()).toBe(raws[i]);
    }
    expect(spooled()).toBe(0);
  });

  it('leave nothing behind when they go away', async () => {
    const sender = await Sender.connect();
    await sender.data();
    await sender.bytes(`${dealMail('Left')}${`${'x'.repeat(74)}\r\n`.repeat(30_000)}`);
    await until(async () => spooled() === 1);
    sender.leave();
    await until(async () => spooled() === 0);
    expect(await count('Left')).toBe(0);
  });

  it('are asked to come again when there is no room, and nothing is lost', async () => {
    const folder = join(kit.app.get(InstanceConfig).dataDir, 'spool');
    await rm(folder, { recursive: true, force: true });
    await writeFile(folder, 'no folder');
    const long = `${dealMail('No room')}${'x'.repeat(2 * MEGABYTE)}\r\n`;
    await expect(kit.mail(source.address!, long)).rejects.toMatchObject({
      responseCode: 452,
      response: expect.stringContaining('4.3.1'),
    });
    expect(await count('No room')).toBe(0);
    // A short one needs none.
    await kit.mail(source.address!, dealMail('Short'));
    await rm(folder);
    await kit.mail(source.address!, long);
    expect(await count('No room')).toBe(1);
  });
});

describe('a sender who lets bytes drip', () => {
  async function dripping(sender: Sender, drop: string): Promise<void> {
    while (!sender.gone) {
      await sender.bytes(drop).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it.each([
    ['within a message', { command: HOUR, message: 300, session: HOUR }, true, 'x'],
    ['between messages', { command: 300, message: HOUR, session: HOUR }, false, 'NOOP\r\n'],
    ['within a command', { command: 300, message: HOUR, session: HOUR }, false, 'N'],
    ['for longer than any session', { command: HOUR, message: HOUR, session: 300 }, true, 'x'],
  ])('%s is sent away', async (_, limits, data, drop) => {
    const deadlines = kit.app.get(SessionDeadlines);
    deadlines.limits = limits;
    const sender = await Sender.connect();
    if (data) await sender.data();
    await dripping(sender, drop);
    expect(sender.said).toMatch(/^421 4\.4\.2 /m);
    expect(await kit.mail(source.address!, dealMail('After the drip'))).toContain('Kept as');
  });

  it('is not mistaken for us: nothing runs out while a message is being kept', async () => {
    kit.app.get(SessionDeadlines).limits = { command: HOUR, message: 1000, session: HOUR };
    const storage = kit.app.get(Storage);
    const put = storage.put.bind(storage);
    const slow = jest.spyOn(storage, 'put').mockImplementation(async (...args) => {
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return put(...args);
    });
    const sender = await Sender.connect();
    await sender.data();
    expect(await sender.command(`${dealMail('Slowly kept')}\r\n.`)).toContain('Kept as');
    slow.mockRestore();
    expect(await sender.command('NOOP')).toMatch(/^250/);
  });
});
