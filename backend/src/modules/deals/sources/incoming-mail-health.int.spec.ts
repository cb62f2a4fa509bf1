import { afterEach, expect, it } from '@jest/globals';
import { HealthChecks } from '#platform/telemetry/index.js';
import { dealsKit, type DealsKit } from '#test/deals-kit.js';
import { SmtpReceiver } from './smtp/smtp-receiver.js';

let kit: DealsKit;
afterEach(() => kit.close());

async function start(settings: Record<string, string> = {}) {
  kit = await dealsKit(settings);
  const checks = kit.app.get(HealthChecks);
  const [part] = checks.all().filter(({ name }) => name === 'incoming-mail');
  return () => checks.ask(part!);
}

it('is up while the port listens, and counts the sources that fail', async () => {
  const ask = await start();
  const { port } = kit.app.get(SmtpReceiver);
  expect(await ask()).toEqual({
    up: true,
    sentence: `Mail is received at port ${port}.`,
    details: { failing_sources: 0 },
  });
  const failing = await Promise.all(['a', 'b', 'c'].map((name) => kit.source({ kind: 'smtp', name })));
  await kit.rows('update source_state set failing_since = now(), failures = 1 where source_id = any($1::uuid[])', [
    failing.map(({ id }) => id),
  ]);
  await kit.call('POST', `sources/${failing[0]!.id}/pause`);
  await kit.call('DELETE', `sources/${failing[1]!.id}`);
  expect(await ask()).toMatchObject({ up: true, details: { failing_sources: 1 } });

  await kit.app.get(SmtpReceiver).onApplicationShutdown();
  expect(await ask()).toMatchObject({ up: false, sentence: 'The receiving mail port does not listen.' });
});

it('is up where no mail is to be received', async () => {
  const ask = await start({ SIGNALBOX_SMTP_IN: 'false' });
  expect(await ask()).toMatchObject({ up: true, sentence: 'This instance receives no mail over SMTP.' });
});

it('is up in a process that only serves the API', async () => {
  const ask = await start({ SIGNALBOX_ROLES: 'api' });
  expect(await ask()).toMatchObject({ up: true, sentence: 'Mail is received by processes that work.' });
});
