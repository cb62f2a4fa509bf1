/** What a workspace may have. */
export interface Plan {
  /** As settings and the API write it: `team`. */
  readonly name: string;
  /** For people: "Team". */
  readonly title: string;
  /** By the name of the limit; one that is not here is not limited. Storage in bytes. */
  readonly limits: Readonly<Record<string, number>>;
}

const GIGABYTE = 1024 ** 3;

/** The plans of an instance whose operator defines none. */
export const BUILT_IN: readonly Plan[] = [
  {
    name: 'free',
    title: 'Free',
    limits: { members: 3, subscriptions: 25, storage: GIGABYTE, api_calls: 10_000, deployments: 1 },
  },
  {
    name: 'team',
    title: 'Team',
    limits: { members: 25, subscriptions: 1_000, storage: 50 * GIGABYTE, api_calls: 1_000_000, deployments: 20 },
  },
  { name: 'unlimited', title: 'Unlimited', limits: {} },
];

/** How much of something a plan includes; null for no limit. */
export function limitOf(plan: Plan, quota: string): number | null {
  return Object.hasOwn(plan.limits, quota) ? (plan.limits[quota] ?? null) : null;
}
