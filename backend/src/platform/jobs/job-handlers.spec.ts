import { describe, expect, it } from '@jest/globals';
import { Injectable, Module, type Provider } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { backoff } from './backoff.js';
import { Enqueues, JobHandler } from './job-handler.js';
import { JobRegistry } from './job-registry.js';
import { shownPayload } from './shown-payload.js';

const runs = async () => undefined;

@JobHandler('mail', 'send', { retry: { attempts: 2 }, concurrency: 3 })
class Send {
  run = runs;
}

@JobHandler('mail', 'send')
class SendToo {
  run = runs;
}

@JobHandler('mail', 'count', { concurrency: 4 })
class CountMails {
  run = runs;
}

@Enqueues('mail.send', 'mail.lost')
@Injectable()
class Writer {}

async function boot(providers: Provider[], also: Provider[] = []): Promise<JobRegistry> {
  class OtherModule {}
  Module({ providers: also })(OtherModule);
  class SpecModule {}
  Module({ imports: [DiscoveryModule, OtherModule], providers: [JobRegistry, ...providers] })(SpecModule);
  const app = await NestFactory.createApplicationContext(SpecModule, { logger: false, abortOnError: false });
  await app.close();
  return app.get(JobRegistry);
}

describe('handlers', () => {
  it('are found in every module, with their defaults filled in', async () => {
    const registry = await boot([Send], [CountMails]);
    expect(registry.get('mail', 'send')).toMatchObject({
      kind: 'mail.send',
      leaseSeconds: 15,
      retry: { attempts: 2, factor: 2 },
    });
    expect([...registry.queues()]).toEqual([['mail', 7]]);
    expect(() => registry.get('mail', 'lost')).toThrow('No @JobHandler runs "mail.lost"');
  });

  it('stop the boot when two run one kind', async () => {
    await expect(boot([Send], [SendToo])).rejects.toThrow('Both Send and SendToo run "mail.send"');
  });

  it('stop the boot when one is missing', async () => {
    await expect(boot([Send, Writer])).rejects.toThrow('Writer enqueues "mail.lost", which no @JobHandler runs');
  });

  it('stop the boot when so many are to run of a destination that they do not name', async () => {
    class Nowhere {
      run = runs;
    }
    JobHandler('mail', 'nowhere', { perDestination: 4 })(Nowhere);
    await expect(boot([Nowhere])).rejects.toThrow(
      'Nowhere: perDestination must be at least 1, of jobs with a destination',
    );
  });

  it('stop the boot when jobs with a circuit are to be taken several at a time', async () => {
    @JobHandler('mail', 'many', { batch: 5, destination: () => 'smtp' })
    class SendMany {
      run = runs;
    }
    await expect(boot([SendMany])).rejects.toThrow('jobs with a destination are claimed one by one');
  });

  it.each([
    ['a bad name', 'mail', 'Send Mail', { run: runs }, 'must be made of lower-case letters'],
    ['no run()', 'mail', 'x', { run: undefined }, 'has no method run()'],
  ])('stop the boot with %s', async (_, queue, name, members, message) => {
    class Bad {}
    Object.assign(Bad.prototype, members);
    JobHandler(queue, name)(Bad as never);
    await expect(boot([Bad])).rejects.toThrow(message);
  });
});

describe('the delay between runs', () => {
  const policy = { attempts: 9, firstDelayMs: 100, factor: 3, maxDelayMs: 5_000 };

  it('lies between nothing and a ceiling that grows to the maximum', () => {
    for (const [failures, ceiling] of [
      [1, 100],
      [2, 300],
      [3, 900],
      [4, 2_700],
      [5, 5_000],
      [60, 5_000],
      [2_000, 5_000],
    ] as const) {
      expect(backoff(policy, failures, () => 0)).toBe(0);
      expect(backoff(policy, failures, () => 0.5)).toBe(ceiling / 2);
      expect(backoff(policy, failures, () => 1)).toBe(ceiling);
    }
  });

  it('uses all of that room', () => {
    const delays = Array.from({ length: 2_000 }, () => backoff(policy, 5));
    expect(Math.min(...delays)).toBeLessThan(250);
    expect(Math.max(...delays)).toBeGreaterThan(4_750);
  });
});

describe('a payload as it is shown', () => {
  it('masks secrets by name, at any depth, and the queries of URLs', () => {
    const payload = {
      to: 'a@x.example',
      password: 'p',
      nested: { apiKey: 'k', list: [{ access_token: 't' }, 'see https://x.example/reset?token=abc now'] },
      count: 3,
      none: null,
    };
    expect(shownPayload(payload, false)).toEqual({
      to: 'a@x.example',
      password: '•••',
      nested: { apiKey: '•••', list: [{ access_token: '•••' }, 'see https://x.example/reset?••• now'] },
      count: 3,
      none: null,
    });
  });

  it('shows nothing of a sealed one', () => {
    expect(shownPayload({ sealed: 's1.a.b.c' }, false)).toEqual({ sealed: true });
    expect(shownPayload({ anything: 1 }, true)).toEqual({ sealed: true });
  });
});
