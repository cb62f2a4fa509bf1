import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { Signatures } from '#platform/crypto/index.js';
import { DatabaseConfig } from '#platform/database/index.js';
import { auditLog, instanceSigner, readSignedHead, type SignedHead } from '#platform/event-log/index.js';
import { auditKit, type AuditKit } from '../spec-support.js';
import { HeadSchedule } from './head-schedule.js';

interface Got {
  id: string | undefined;
  body: string;
}

let receiver: Server;
let answers: number[];
let got: Got[];
let kit: AuditKit;
beforeAll(async () => {
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += String(part)));
    request.on('end', () => {
      got.push({ id: request.headers['webhook-id'] as string | undefined, body });
      response.writeHead(answers.shift() ?? 204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  answers = [];
  got = [];
  kit = await auditKit({
    SIGNALBOX_AUDIT_HEAD_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/heads`,
    SIGNALBOX_AUDIT_HEAD_MAIL: 'keeper@example.com',
    SIGNALBOX_OUTBOUND_ALLOW: '127.0.0.1',
  });
  // The first look is the boot's own.
  await sent(2);
});
afterAll(async () => {
  await kit.close();
  await new Promise((resolve) => receiver.close(resolve));
});
beforeEach(() => {
  got = [];
});
afterEach(() => {
  answers = [];
});

const events = () => kit.events({ type: 'audit.head_sent' });
async function sent(count: number): Promise<void> {
  while ((await events()).length < count) await new Promise((done) => setTimeout(done, 20));
}
const due = () => kit.make.sql('update audit_head set taken_at = null', []);
const look = () => kit.app.get(HeadSchedule).look();
async function verdict(signedHeads: SignedHead[]) {
  const client = new pg.Client({ connectionString: kit.app.get(DatabaseConfig).url });
  await client.connect();
  try {
    return await auditLog(client, { signer: instanceSigner(kit.app.get(Signatures)), signedHeads });
  } finally {
    await client.end();
  }
}

describe('the head of the log', () => {
  it('is sent to each place on its schedule, once, and told of', async () => {
    const before = (await events()).length;
    expect(await look()).toBeUndefined();
    await kit.make.sql(`update audit_head set taken_at = now() - interval '23 hours'`, []);
    expect(await look()).toBeUndefined();
    await kit.make.sql(`update audit_head set taken_at = now() - interval '24 hours'`, []);
    const looks = await Promise.all([look(), look(), look()]);
    const [head] = looks.filter((found) => found !== undefined);
    expect(looks.filter((found) => found !== undefined)).toHaveLength(1);
    await sent(before + 2);
    const tells = (await events()).slice(before).map(({ data, actor }) => [data['to'], data['position'], actor.kind]);
    expect(tells.sort()).toEqual([
      ['mail', head!.position, 'system'],
      ['webhook', head!.position, 'system'],
    ]);
    expect(got.map(({ body }) => readSignedHead(body))).toEqual([head]);
  });

  it('proves what arrived, by post and by mail, until the tail is cut', async () => {
    const before = (await events()).length;
    const team = await kit.make.workspace().create();
    for (let n = 0; n < 5; n++) await kit.record({ workspaceId: team.id });
    await due();
    await look();
    await sent(before + 2);
    await kit.sealed();
    const posted = readSignedHead(got[0]!.body);
    const mails = await kit.rows<{ text: string }>(
      `select body_text as text from preview_mail where $1 = any(recipients) order by created_at desc, id desc limit 1`,
      ['keeper@example.com'],
    );
    const mailed = readSignedHead(/\{[^]*\}/.exec(mails[0]!.text)![0]);
    expect(mailed).toEqual(posted);
    expect((await verdict([posted])).fault).toBeUndefined();
    expect((await verdict([{ ...posted, position: posted.position - 1 }])).fault).toMatchObject({
      problem: 'signature',
    });
    // As somebody does who owns the database: the tail goes, and the heads are written to match.
    const cut = posted.position - 2;
    await kit.make.sql('delete from event where position > $1', [cut]);
    await kit.make.sql('update log_state set position = $1', [cut]);
    await kit.make.sql(
      `update chain_head h set position = e.position, hash = e.hash from event e
        where e.workspace_id = h.workspace_id
          and e.position = (select max(position) from event where workspace_id = h.workspace_id)`,
      [],
    );
    expect((await verdict([])).fault).toBeUndefined();
    expect((await verdict([posted])).fault).toMatchObject({ problem: 'removed', position: cut + 1 });
  });

  it('is tried again under the same id while the receiver fails, and told of once it took it', async () => {
    const before = (await events()).length;
    answers = [503];
    await due();
    const head = await look();
    while (got.length < 1) await new Promise((done) => setTimeout(done, 20));
    await sent(before + 1);
    const waiting = async () =>
      kit.rows<{ id: string; error: string; state: string }>(
        `select id, last_error as error, state from job where queue = 'audit' and state = 'queued'`,
      );
    while ((await waiting()).length === 0) await new Promise((done) => setTimeout(done, 20));
    const [job] = await waiting();
    expect(job?.error).toContain('answered 503');
    expect((await events()).slice(before).map(({ data }) => data['to'])).toEqual(['mail']);
    await kit.make.sql('update job set next_attempt_at = now(), announced_at = null where id = $1', [job?.id]);
    await sent(before + 2);
    expect(got.map(({ id }) => id)).toEqual([job?.id, job?.id]);
    expect(got.map(({ body }) => readSignedHead(body))).toEqual([head, head]);
  });
});

describe('a text that is no signed head', () => {
  it.each(['', 'x', '{}', '[]', '{"epoch":"x"}', '{"position":1,"signature":"y"}'])('is refused: %j', (text) => {
    expect(() => readSignedHead(text)).toThrow('This is no signed head');
  });
});
