// What the specs of this room start from: plans of their own in a file, and workspaces that have one.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { systemActor } from '#platform/access/index.js';
import { Transactions } from '#platform/database/index.js';
import { PlanChanges } from './assignments/plan-changes.js';

type Limits = Record<string, number | string | null>;

/** A file with plans of these limits. @returns its path */
export function planFile(plans: Record<string, Limits>): string {
  const path = join(mkdtempSync(join(tmpdir(), 'signalbox-plans-')), 'plans.json');
  const titled = Object.entries(plans).map(([name, limits]) => [name, { title: titleOf(name), limits }]);
  writeFileSync(path, JSON.stringify({ plans: Object.fromEntries(titled) }));
  return path;
}

/** Settings of an instance with these plans and one without limits, which is the default. */
export function withPlans(plans: Record<string, Limits>): Record<string, string> {
  return { SIGNALBOX_PLANS_FILE: planFile({ ...plans, unlimited: {} }) };
}

/** Gives a workspace a plan, as an operator does; null takes it back. */
export async function assignPlan(
  app: INestApplicationContext,
  workspaceId: string,
  plan: string | null,
): Promise<void> {
  const why = { actor: systemActor(), reason: 'assigned' } as const;
  await app
    .get(Transactions)
    .run((em) => app.get(PlanChanges).change(em, workspaceId, (plans) => plans.assign(plan), why));
}

function titleOf(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
