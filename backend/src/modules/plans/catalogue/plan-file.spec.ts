import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { InvalidSettings, readConfig } from '#platform/config/index.js';
import { QuotaKinds } from '#platform/quotas/index.js';
import { PlansConfig } from '../plans.config.js';
import { PlanCatalogue } from './plan-catalogue.js';
import { limitOf } from './plan.js';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-plans-'));

function written(content: unknown): string {
  const path = join(folder, 'plans.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function catalogue(content: unknown, defaultPlan?: string): PlanCatalogue {
  const config = readConfig(PlansConfig, {
    ...(content === undefined ? {} : { SIGNALBOX_PLANS_FILE: written(content) }),
    ...(defaultPlan === undefined ? {} : { SIGNALBOX_DEFAULT_PLAN: defaultPlan }),
  });
  const kinds = new QuotaKinds();
  for (const name of ['members', 'storage', 'api_calls']) kinds.register({ name, noun: name, unit: 'count' });
  return new PlanCatalogue(config, kinds);
}

const free = { title: 'Free', limits: { members: 3 } };
const fault = (content: unknown, defaultPlan?: string): string => {
  try {
    catalogue(content, defaultPlan).onApplicationBootstrap();
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    return error.message.replaceAll(folder, '');
  }
  return 'none';
};

describe('the plans of an instance', () => {
  it('are free, team and unlimited, and nobody is limited who did not ask for it', () => {
    const plans = catalogue(undefined);
    expect(plans.names()).toEqual(['free', 'team', 'unlimited']);
    expect([plans.standard.name, limitOf(plans.standard, 'members')]).toEqual(['unlimited', null]);
    expect(catalogue(undefined, 'free').standard.limits).toMatchObject({ members: 3 });
  });

  it('are those of the file, with sizes in bytes and null for no limit', () => {
    const plans = catalogue(
      {
        plans: {
          small: { title: ' Small ', limits: { members: 0, storage: '1.5 MB', api_calls: null } },
          large: { title: 'Large', limits: { storage: '10GB' } },
        },
      },
      'small',
    );
    expect(plans.all()).toEqual([
      { name: 'small', title: 'Small', limits: { members: 0, storage: 1_572_864 } },
      { name: 'large', title: 'Large', limits: { storage: 10_737_418_240 } },
    ]);
    expect([plans.find('large')?.title, plans.find('gone'), plans.find(null)]).toEqual(['Large', undefined, undefined]);
    expect(plans.onApplicationBootstrap()).toBeUndefined();
  });

  it.each([
    ['{"plans": {', 'is not valid JSON'],
    [[], 'the file must be an object with the member "plans"'],
    [{ plans: {}, extra: 1 }, 'the file holds what is no setting: extra'],
    [{ plans: {} }, 'plans must hold a plan'],
    [{ plans: { Free: free } }, 'plans.Free must be a name of small letters'],
    [{ plans: { free: { limits: {} } } }, 'plans.free.title must be a text'],
    [{ plans: { free: { ...free, price: 3 } } }, 'plans.free holds what is no setting: price'],
    [
      { plans: { free: { ...free, limits: { members: -1 } } } },
      'plans.free.limits.members must be a whole number from 0',
    ],
    [
      { plans: { free: { ...free, limits: { members: 1.5 } } } },
      'plans.free.limits.members must be a whole number from 0',
    ],
    [
      { plans: { free: { ...free, limits: { storage: '1 XB' } } } },
      'plans.free.limits.storage must be a whole number from 0',
    ],
    [{ plans: { free: { ...free, limits: { chairs: 1 } } } }, 'plans.free.limits.chairs limits what is not counted'],
    [
      { plans: { free: { title: '', limits: { a: -1 } } } },
      'plans.free.title must not be empty; plans.free.limits.a must be',
    ],
  ])('are refused as %j, in a sentence', (content, sentence) => {
    expect(fault(content, 'free')).toContain(sentence);
    expect(fault(content, 'free')).toContain('SIGNALBOX_PLANS_FILE: ');
  });

  it('are refused when the file cannot be read, or the default is none of them', () => {
    const absent = () => readConfig(PlansConfig, { SIGNALBOX_PLANS_FILE: join(folder, 'absent.json') });
    expect(absent).toThrow(/absent\.json cannot be read \(ENOENT\)/);
    expect(fault({ plans: { free } })).toContain('there is no plan "unlimited"');
    expect(fault({ plans: { free } }, 'team')).toContain('name one of free');
  });
});
