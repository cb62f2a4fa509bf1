import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { factory } from '#test/factories.js';
import { Storage } from '#platform/storage/index.js';
import { MessageIntake } from '../../messages/message-intake.js';
import { dealMail, dealsKit, until, type DealsKit } from '#test/deals-kit.js';
import type { SourceView } from '../sources.schemas.js';
import { Recipients } from './recipients.js';
import { SmtpReceiver } from './smtp-receiver.js';

jest.setTimeout(60_000);
let kit: DealsKit;
let source: SourceView;
let other: SourceView;

beforeAll(async () => {
  kit = await dealsKit({ SIGNALBOX_SMTP_IN_CONNECTIONS: '20' });
  [source, other] = await Promise.all([
    kit.source({ kind: 'smtp', name: 'A' }),
    kit.source({ kind: 'smtp', name: 'B' }),
  ]);
});
afterAll(() => kit?.close());

const count = async (text = 'true') =>
  (await kit.rows<{ n: number }>(`select count(*)::int as n from message where ${text}`))[0]!.n;

describe('the receiving port', () => {
  it('answers yes only after bytes, row, event and job are kept', async () => {
    const raw = dealMail('Nothing to see');
    const answer = await kit.mail(source.address!, raw);
    const id = /Kept as (\S+)/.exec(answer)![1]!;
    const [row] = await kit.rows<{ storage_key: string; size: number }>(
      'select storage_key, size from message where id = $1',
      [id],
    );
    expect((await kit.app.get(Storage).get(row!.storage_key)).toString()).toBe(raw);
    expect(row!.size).toBe(raw.length);
    expect((await kit.events({ subjectId: id, type: 'message.received' }))[0]!.data).toEqual({
      sourceId: source.id,
      size: raw.length,
      subject: 'Nothing to see',
    });
    expect(await kit.rows(`select from job where subject_id = $1`, [id])).toHaveLength(1);
  });

  it.each(['nobody@elsewhere.example', 'aaaaaaaaaaaaaaaaaaaa@signalbox.localhost', `x'--@signalbox.localhost`])(
    'refuses %s with 550',
    async (address) => {
      await expect(kit.mail(address, dealMail('x'))).rejects.toMatchObject({ responseCode: 550 });
    },
  );

  it('refuses 26 MB with 552 and a sentence, announced or not', async () => {
    const large = Buffer.concat([
      Buffer.from(dealMail('Large')),
      Buffer.alloc(26 * 1024 * 1024, 'a'.repeat(75) + '\n'),
    ]);
    const before = await count();
    await expect(kit.mail(source.address!, large)).rejects.toMatchObject({ responseCode: 552 });
    const answer = await converse([`MAIL FROM:<a@b.example>`, `RCPT TO:<${source.address}>`, 'DATA'], large);
    expect(answer).toMatch(/^552 5\.3\.4 The message is larger than 25 MB/m);
    expect(await count()).toBe(before);
  });

  it('keeps one message for each of several recipients', async () => {
    const answer = await kit.mail(
      [source.address!, other.address!, source.address!.toUpperCase()],
      dealMail('To both'),
    );
    expect(answer.match(/[0-9a-f]{8}-/g)).toHaveLength(2);
    expect(await count(`subject = 'To both'`)).toBe(2);
  });

  it('keeps the same mail once, however many bring it at once', async () => {
    const raw = dealMail('Once');
    const answers = await Promise.all(Array.from({ length: 8 }, () => kit.mail(source.address!, raw)));
    expect(new Set(answers.map((a) => /Kept as (\S+)/.exec(a)![1]))).toHaveProperty('size', 1);
    expect(await count(`subject = 'Once'`)).toBe(1);
    expect(
      await kit.events({ type: 'message.received' }).then((all) => all.filter((e) => e.data['subject'] === 'Once')),
    ).toHaveLength(1);
  });

  it('takes a copy that went another way, or lost its Message-ID, for the same', async () => {
    const raw = dealMail('Copied', 'body', {
      'Message-ID': '<copied-mail@example.com>',
      Date: 'Fri, 20 Nov 2026 10:00:00 +0000',
    });
    const relayed = `Received: from elsewhere by relay; Fri, 20 Nov 2026 10:01:00 +0000\r\n${raw}`;
    const stripped = relayed.replace(/Message-ID: .*\r\n/, '').replaceAll('\r\n', '\n');
    for (const copy of [raw, relayed, stripped]) await kit.mail(source.address!, copy);
    expect(await count(`subject = 'Copied'`)).toBe(1);
  });

  it('puts mail off with 450 while the source is paused', async () => {
    await kit.call('POST', `sources/${other.id}/pause`);
    await expect(kit.mail(other.address!, dealMail('x'))).rejects.toMatchObject({ responseCode: 450 });
    await kit.call('DELETE', `sources/${other.id}/pause`);
    await kit.mail(other.address!, dealMail('Resumed'));
    expect(await count(`subject = 'Resumed'`)).toBe(1);
  });

  it('puts mail off with 451 while the database is away, at either step', async () => {
    const recipients = kit.app.get(Recipients);
    const reads = jest.spyOn(recipients, 'find').mockRejectedValueOnce(new Error('Connection terminated'));
    await expect(kit.mail(source.address!, dealMail('Away'))).rejects.toMatchObject({ responseCode: 451 });
    reads.mockRestore();
    const intake = jest
      .spyOn(kit.app.get(MessageIntake), 'accept')
      .mockRejectedValueOnce(new Error('Connection terminated'));
    await expect(kit.mail(source.address!, dealMail('Away'))).rejects.toMatchObject({ responseCode: 451 });
    intake.mockRestore();
    expect(await count(`subject = 'Away'`)).toBe(0);
  });

  it('outlives broken clients and commands', async () => {
    const port = kit.app.get(SmtpReceiver).port!;
    for (const bytes of [
      '\0\0\0',
      'GET / HTTP/1.1\r\n\r\n',
      `MAIL FROM:<${'a'.repeat(100_000)}>\r\n`,
      'EHLO x\r\nDATA\r\n',
    ]) {
      await new Promise<void>((done) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(bytes, () => socket.destroy())).on(
          'error',
          () => undefined,
        );
        socket.on('close', () => done());
      });
    }
    expect(await converse([`MAIL FROM:<a@b.example>`, `RCPT TO:<x@y.example>\r\nRCPT TO:<${source.address}>`])).toMatch(
      /^550 /m,
    );
    expect(await kit.mail(source.address!, dealMail('Still here'))).toContain('Kept as');
  });

  it('knows no other tenant', async () => {
    const stranger = await factory(kit.app).workspace().create();
    const url = kit.team.url(`sources/${source.id}`);
    expect((await kit.request('GET', url, { headers: stranger.owner.headers })).statusCode).toBe(404);
    expect(
      (await kit.request('GET', stranger.url(`sources/${source.id}`), { headers: stranger.owner.headers })).statusCode,
    ).toBe(404);
    const viewer = await factory(kit.app).person().in(kit.team, 'viewer').create();
    expect((await kit.request('DELETE', url, { headers: viewer.headers })).statusCode).toBe(403);
  });

  it('refuses the old address after a change or removal', async () => {
    const gone = await kit.source({ kind: 'smtp', name: 'Gone' });
    const changed = await kit.call<SourceView>('POST', `sources/${gone.id}/address`);
    expect(changed.address).not.toBe(gone.address);
    await expect(kit.mail(gone.address!, dealMail('x'))).rejects.toMatchObject({ responseCode: 550 });
    await kit.call('DELETE', `sources/${gone.id}`);
    await expect(kit.mail(changed.address!, dealMail('x'))).rejects.toMatchObject({ responseCode: 550 });
    await kit.call('GET', `sources/${gone.id}`, undefined, 404);
    expect((await kit.events({ subjectId: gone.id })).map((e) => e.type)).toEqual([
      'source.created',
      'source.updated',
      'source.deleted',
    ]);
  });

  it('lets one of two editors win', async () => {
    const edited = await kit.source({ kind: 'smtp', name: 'Edited' });
    const send = (name: string) =>
      kit.request('PATCH', kit.team.url(`sources/${edited.id}`), {
        headers: { ...kit.owner.headers, 'if-match': `W/"${edited.version}"` },
        payload: { name },
      });
    const answers = await Promise.all([send('One'), send('Two')]);
    expect(answers.map((a) => a.statusCode).sort()).toEqual([200, 412]);
    expect(await kit.events({ subjectId: edited.id, type: 'source.updated' })).toHaveLength(1);
  });
});

/** Speaks SMTP by hand: commands in order, then the message when the server asks for it. @returns everything it said */
async function converse(commands: string[], message?: Buffer): Promise<string> {
  const socket = connect(kit.app.get(SmtpReceiver).port!, '127.0.0.1');
  let said = '';
  socket.on('data', (bytes) => (said += bytes.toString()));
  socket.on('error', () => undefined);
  const answers = () => said.match(/^\d{3} /gm)?.length ?? 0;
  const line = async (text: string | Buffer, end = '\r\n') => {
    const before = answers();
    socket.write(text);
    socket.write(end);
    await until(async () => answers() > before);
  };
  await until(async () => answers() > 0);
  await line('EHLO spec');
  for (const command of commands) await line(command);
  if (message) await line(message, '\r\n.\r\n');
  socket.destroy();
  return said;
}
