import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ModulesContainer } from '@nestjs/core';
import type { TestPerson } from '../factories.js';
import { Tenant, type Caller } from '../tenants.js';
import { wholeApplication } from '../whole-application.js';
import { CALLERS, Cast, type CallerKind } from './callers.js';
import { declaredOutcome, HELD_BY, type Outcome, type Place, type Row, type WorkspacePermission } from './declared.js';
import { routeEntrances, type Entrance, type Knock } from './entrance.js';
import { ROBOTS, rowFaults, rowOf } from './rows.js';
import { messageEntrances, socketMessages } from './socket-messages.js';
import { settledState } from './state.js';

jest.setTimeout(120_000);

const whole = await wholeApplication({ SIGNALBOX_REGISTRATION: 'open' });
const [ours, theirs] = await Promise.all([Tenant.create(whole), Tenant.create(whole)]);
const operator = await whole.make.person().operator().create();
const cast = new Cast(ours);
afterAll(() => whole.close());

/** The ways in: an entrance is whatever can be prepared and sent as somebody. */
const entrances: Entrance[] = [...routeEntrances(whole), ...messageEntrances(whole)];

/** One cell of the matrix: somebody comes to an entrance of their own workspace, or of the other one. */
interface Cell {
  readonly kind: CallerKind;
  readonly place: Place;
  readonly outcome: Outcome;
}

/** Who holds this permission alone does not see the deals that are asked for. */
const BLIND = {
  'a member with a role of exactly this permission': 'forbidden',
  'a key with exactly this scope': 'forbidden',
};
/** What is one's own in a workspace is for who is in it. */
const OUTSIDE = {
  'a suspended owner': 'not found',
  'an operator without a workspace': 'not found',
  'somebody without a workspace': 'not found',
};
/** It is about deals, which are not there for who does not see them. */
const UNSEEN = {
  'a member with a role of exactly this permission': 'not found',
  'a key with exactly this scope': 'not found',
};
/** Cells that come through and are then refused by a rule of what was asked for: what the outcome says. */
const OWN_RULES: Record<string, Record<string, string>> = {
  'POST me/channels': OUTSIDE,
  'GET me/channels/:channelId': OUTSIDE,
  'PATCH me/channels/:channelId': OUTSIDE,
  'DELETE me/channels/:channelId': OUTSIDE,
  'POST me/channels/:channelId/tests': OUTSIDE,
  'GET me/notifications/:notificationId': {
    ...OUTSIDE,
    'a member with a role of all but this permission': 'not found',
  },
  'PATCH me/notifications/:notificationId': {
    ...OUTSIDE,
    'a member with a role of all but this permission': 'not found',
  },
  'GET me/memberships/:membershipId/notification-preferences': OUTSIDE,
  'PATCH me/memberships/:membershipId/notification-preferences': OUTSIDE,
  'GET workspaces/:workspaceId/notification-previews/:kind': UNSEEN,
  'POST workspaces/:workspaceId/notification-tests': UNSEEN,
  'POST workspaces/:workspaceId/api-keys': {
    'a member with a role of exactly this permission': 'A key can do no more than',
  },
  'POST workspaces/:workspaceId/subscriptions': BLIND,
  'POST workspaces/:workspaceId/subscription-previews': BLIND,
  'GET workspaces/:workspaceId/subscriptions/:subscriptionId/mail-preview': BLIND,
  'GET workspaces/:workspaceId/subscriptions/:subscriptionId/matches': BLIND,
  'PUT workspaces/:workspaceId/subscriptions/:subscriptionId/participation': BLIND,
};

const rowFor = (entrance: Entrance): Row => ({
  permission: rowOf(entrance) ?? entrance.permission,
  peopleOnly: entrance.peopleOnly,
  robots: ROBOTS[entrance.name],
});
/** A permission that stands for all where an entrance asks for none of a workspace. */
const inQuestion = ({ permission }: Row): WorkspacePermission =>
  permission in HELD_BY ? (permission as WorkspacePermission) : 'deals:read';

/** All cells of an entrance. Outside of workspaces there is no other place. */
function cellsOf(entrance: Entrance): Cell[] {
  const row = rowFor(entrance);
  const places: Place[] = row.permission in HELD_BY ? ['own', 'other'] : ['own'];
  return CALLERS.flatMap((kind) =>
    places.map((place) => ({ kind, place, outcome: declaredOutcome(row, kind, place) })),
  );
}

const labelOf = ({ kind, place }: Cell) => `${kind.name}, ${place} workspace`;
/** What the cells of an entrance came to. */
const table = (cells: readonly Cell[], outcomes: readonly string[]) =>
  Object.fromEntries(cells.map((cell, at) => [labelOf(cell), outcomes[at]]));
/** What is declared of them. */
const declared = (entrance: Entrance, cells: readonly Cell[]) =>
  table(
    cells,
    cells.map(({ kind, outcome }) => {
      const rule = OWN_RULES[entrance.name]?.[kind.name];
      return rule && outcome === 'allowed' ? (expect.stringContaining(rule) as unknown as string) : outcome;
    }),
  );

/** Waiting overlaps, and no line of work is overfull. */
async function severalAtATime<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let at = 0; at < items.length; at += 6) done.push(...(await Promise.all(items.slice(at, at + 6).map(work))));
  return done;
}

/** Who finds what an entrance is about, whoever comes then. */
const finder = async (entrance: Entrance, tenant: Tenant): Promise<Caller> => {
  if (entrance.usesUp) return entrance.usesUp(tenant);
  return entrance.permission === 'instance:operate' ? operator : tenant.workspace.owner;
};

describe('the matrix', () => {
  it('has a row for every way in', () => {
    expect(rowFaults(entrances)).toEqual([]);
  });

  it('has an entrance for every message of a socket, and no rule about what is gone', () => {
    const names = entrances.map(({ name }) => name);
    expect(socketMessages(whole.app.get(ModulesContainer)).filter((name) => !names.includes(name))).toEqual([]);
    expect([ROBOTS, OWN_RULES].flatMap((rules) => Object.keys(rules)).filter((name) => !names.includes(name))).toEqual(
      [],
    );
  });
});

describe('whoever may not', () => {
  const prepared = new Map<Entrance, Record<Place, Knock>>();
  const refused = (entrance: Entrance) => cellsOf(entrance).filter(({ outcome }) => outcome !== 'allowed');
  let before: Record<string, string>;

  beforeAll(async () => {
    for (const entrance of closed) {
      const cells = refused(entrance);
      const own = await entrance.prepare(ours, await finder(entrance, ours));
      const elsewhere = cells.some(({ place }) => place === 'other');
      const other = elsewhere ? await entrance.prepare(theirs, await finder(entrance, theirs)) : own;
      prepared.set(entrance, { own, other });
      for (const { kind } of cells) await cast.get(kind, inQuestion(rowFor(entrance)));
    }
    before = await settledState(whole.make);
  });

  const closed = entrances.filter((entrance) => refused(entrance).length > 0);
  it.each(closed.map((entrance) => [entrance.name, entrance] as const))(
    'is refused as declared: %s',
    async (_, entrance) => {
      const cells = refused(entrance);
      const knocks = prepared.get(entrance);
      const outcomes = await severalAtATime(cells, async ({ kind, place }) => {
        const caller = await cast.get(kind, inQuestion(rowFor(entrance)));
        return knocks?.[place](caller) ?? 'not prepared';
      });
      expect(table(cells, outcomes)).toEqual(declared(entrance, cells));
    },
  );

  it('has changed nothing', async () => {
    expect(await settledState(whole.make)).toEqual(before);
  });
});

describe('whoever may', () => {
  /** The caller of a cell; where it is used up, a new one with the same part, in the workspace that this is not about. */
  const callerOf = async (entrance: Entrance, kind: CallerKind, permission: WorkspacePermission) => {
    if (!entrance.usesUp || !kind.join) return cast.get(kind, permission);
    const person = await entrance.usesUp(ours);
    await kind.join(theirs, person, permission);
    return person;
  };

  it.each(entrances.map((entrance) => [entrance.name, entrance] as const))(
    'gets through as declared: %s',
    async (_, entrance) => {
      const row = rowFor(entrance);
      const cells = cellsOf(entrance).filter(({ outcome }) => outcome === 'allowed');
      expect(cells.length).toBeGreaterThan(0);
      // What anybody may send is used up by the first: the others are told so, which is no refusal.
      const once = row.permission === 'public' ? await entrance.prepare(ours, ours.workspace.owner) : undefined;
      const outcomes = await severalAtATime(cells, async ({ kind }) => {
        const caller = await callerOf(entrance, kind, inQuestion(row));
        const knock = once ?? (await entrance.prepare(ours, caller as TestPerson));
        return knock(caller);
      });
      expect(table(cells, outcomes)).toEqual(declared(entrance, cells));
    },
  );
});
