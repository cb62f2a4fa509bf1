import { describe, expect, it } from '@jest/globals';
import { Judge, type Judged } from './judge.js';
import { PLAIN, type Plan, type Rule } from './plan.js';
import { Window, type Hit } from './window.js';

const minute = (n: number) => new Date(Date.UTC(2026, 10, 21, 12, 0) + n * 60_000);

/** Judges matches at these minutes and says what became of each. */
function judging(plan: Partial<Plan>, judge = new Judge()) {
  return (n: number, more: Partial<Judged> = {}) => {
    const match: Judged = {
      seat: 's',
      plan: { ...PLAIN, ...plan },
      thing: 'deal/1',
      at: minute(n),
      better: 'lower',
      ...more,
    };
    return judge.judge(match, { at: match.at, figure: match.figure ?? null }) ?? 'told';
  };
}

describe('A judge', () => {
  it('lets everything of a plain subscription pass, and remembers nothing of it', () => {
    const judge = new Judge();
    const hear = judging({}, judge);
    expect([hear(0), hear(0)]).toEqual(['told', 'told']);
    expect(judge.state('s', 'deal/1')).toBeUndefined();
  });

  it('holds a subject back until its cooldown is over, counted from what was told', () => {
    const hear = judging({ cooldownMinutes: 10 });
    expect([hear(0), hear(5), hear(9), hear(10), hear(11)]).toEqual([
      'told',
      'cooldown',
      'cooldown',
      'told',
      'cooldown',
    ]);
    expect(hear(11, { thing: 'deal/2' })).toBe('told');
    expect(hear(11, { seat: 't' })).toBe('told');
  });

  it('tells of a crossing once, and again after it went back', () => {
    const judge = new Judge();
    const hear = judging({ crossing: true }, judge);
    expect([hear(0), hear(1)]).toEqual(['told', 'not_crossed']);
    judge.miss('s', 'deal/1');
    expect(judge.changed('s', 'deal/1')).toBe(true);
    expect([hear(2), hear(3)]).toEqual(['told', 'not_crossed']);
    judge.miss('s', 'deal/unknown');
    expect(judge.changed('s', 'deal/unknown')).toBe(false);
  });

  it('tells of a crossing that came while it cooled down with the first match afterwards', () => {
    const judge = new Judge();
    const hear = judging({ crossing: true, cooldownMinutes: 10 }, judge);
    expect(hear(0)).toBe('told');
    judge.miss('s', 'deal/1');
    expect([hear(5), hear(6), hear(11), hear(30)]).toEqual(['cooldown', 'cooldown', 'told', 'not_crossed']);
    const plain = new Judge();
    judging({ cooldownMinutes: 10 }, plain)(0);
    expect([plain.state('s', 'deal/1')?.matching, plain.holding('deal/1')]).toEqual([false, []]);
    expect(judge.holding('deal/1')).toEqual(['s']);
  });

  it('tells again only of what is better by so much than when it was told', () => {
    const hear = judging({ improvesBy: 10 });
    const told = [400, 380, 360, 350, 324, 500].map((value, n) => hear(n, { value }));
    expect(told).toEqual(['told', 'not_improved', 'told', 'not_improved', 'told', 'not_improved']);
    const up = judging({ improvesBy: 10 });
    expect([50, 54, 55].map((value, n) => up(n, { value, better: 'higher' }))).toEqual([
      'told',
      'not_improved',
      'told',
    ]);
    // Below zero lower is better too: 10 % of -2 are 0.2.
    const z = judging({ improvesBy: 10 });
    expect([-2, -2.1, -2.2].map((value, n) => z(n, { value }))).toEqual(['told', 'not_improved', 'told']);
    const unknown = judging({ improvesBy: 10 });
    expect([unknown(0), unknown(1), unknown(2, { value: 3 })]).toEqual(['told', 'not_improved', 'told']);
  });

  it('tells of a crossing, and of what improves while it lasts', () => {
    const judge = new Judge();
    const hear = judging({ crossing: true, improvesBy: 10 }, judge);
    expect([400, 390, 350].map((value, n) => hear(n, { value }))).toEqual(['told', 'not_improved', 'told']);
    judge.miss('s', 'deal/1');
    expect(hear(4, { value: 399 })).toBe('told');
  });

  it('goes on from what was known', () => {
    const judge = new Judge();
    judge.know('s', 'deal/1', { matching: true, toldAt: minute(0), toldValue: 100 });
    const hear = judging({ crossing: true, improvesBy: 50 }, judge);
    expect([hear(1, { value: 60 }), hear(2, { value: 50 })]).toEqual(['not_improved', 'told']);
    expect(judge.state('s', 'deal/1')).toEqual({ matching: true, toldAt: minute(2), toldValue: 50 });
  });
});

describe('A rule', () => {
  const threshold = { kind: 'threshold', field: 'price', of: 'sum', is: 'above', value: 0, perSubject: false } as const;
  const more = (moreThan: number, perSubject = false): Rule => ({
    kind: 'count',
    windowMinutes: 10,
    moreThan,
    perSubject,
  });

  it('fires as there come to be more than so many within its window, and not again while there are', () => {
    const hear = judging({ rule: more(3) });
    expect([0, 1, 2, 3, 4, 5].map((n) => hear(n))).toEqual(['rule', 'rule', 'rule', 'told', 'rule', 'rule']);
  });

  it('is armed again when the window has emptied', () => {
    const hear = judging({ rule: more(1) });
    expect([0, 1, 2, 30, 31].map((n) => hear(n))).toEqual(['rule', 'told', 'rule', 'rule', 'told']);
    // Exactly a window apart: the first is over as the second comes.
    const edge = judging({ rule: more(1) });
    expect([0, 10, 19.9].map((n) => edge(n))).toEqual(['rule', 'rule', 'told']);
  });

  it('counts by the time at which things happened, in whatever order they are read', () => {
    const hear = judging({ rule: more(2) });
    expect([5, 3, 4, 6].map((n) => hear(n))).toEqual(['rule', 'rule', 'told', 'rule']);
    const stale = judging({ rule: more(1) });
    expect([30, 5, 6, 31].map((n) => stale(n))).toEqual(['rule', 'rule', 'rule', 'told']);
  });

  it('counts each subject by itself when asked to', () => {
    const hear = judging({ rule: more(1, true) });
    const at = (thing: string, n: number) => hear(n, { thing });
    expect([at('a', 0), at('b', 1), at('a', 2), at('b', 3)]).toEqual(['rule', 'rule', 'told', 'told']);
  });

  it('takes a rate over its window', () => {
    const hear = judging({ rule: { kind: 'rate', windowMinutes: 30, morePerHour: 4, perSubject: false } });
    expect([0, 1, 2, 3].map((n) => hear(n))).toEqual(['rule', 'rule', 'told', 'rule']);
  });

  it('compares a figure of what is in its window with a limit', () => {
    const rule = (of: 'average' | 'lowest' | 'highest' | 'sum', is: 'above' | 'below'): Rule => ({
      kind: 'threshold',
      windowMinutes: 10,
      field: 'price',
      of,
      is,
      value: 0,
      perSubject: false,
    });
    const heard = (one: Rule, figures: (number | undefined)[], limit: number) => {
      const hear = judging({ rule: one });
      return figures.map((figure, n) => hear(n, { figure, limit }) === 'told');
    };
    expect(heard(rule('average', 'below'), [100, 60, 20, 10], 70)).toEqual([false, false, true, false]);
    expect(heard(rule('sum', 'above'), [100, 60, undefined], 150)).toEqual([false, true, false]);
    expect(heard(rule('lowest', 'below'), [5, 3, 2], 4)).toEqual([false, true, false]);
    expect(heard(rule('highest', 'above'), [undefined, 3, 9], 4)).toEqual([false, false, true]);
  });

  it('fires when the lowest has risen, and the highest fallen, because what was otherwise has left', () => {
    const rule = (of: 'lowest' | 'highest', is: 'above' | 'below'): Rule => ({
      ...threshold,
      of,
      is,
      windowMinutes: 10,
    });
    const heard = (one: Rule, matches: readonly [at: number, figure: number][]) => {
      const hear = judging({ rule: one });
      return matches.map(([at, figure]) => hear(at, { figure, limit: 50 }) === 'told');
    };
    // At 11 the 10 of the beginning has left; another low one arms it again.
    const rising = [
      [0, 10],
      [5, 60],
      [11, 70],
      [12, 80],
      [13, 20],
      [14, 90],
      [22, 70],
      [23.5, 60],
      [24, 70],
    ] as const;
    const risen = [false, false, true, false, false, false, false, true, false];
    expect(
      heard(
        rule('lowest', 'above'),
        rising.map(([at, figure]) => [at, figure]),
      ),
    ).toEqual(risen);
    expect(
      heard(
        rule('highest', 'below'),
        rising.map(([at, figure]) => [at, 100 - figure]),
      ),
    ).toEqual(risen);
  });

  it('waits out a cooldown before it fires again, and knows what it gathered', () => {
    const judge = new Judge();
    const plan = { ...PLAIN, rule: more(1), cooldownMinutes: 60 };
    const hear = judging(plan, judge);
    expect([0, 1, 30, 31, 70, 71].map((n) => hear(n))).toEqual(['rule', 'told', 'rule', 'cooldown', 'rule', 'told']);
    const last = { seat: 's', plan, thing: 'deal/1', at: minute(71) };
    expect([judge.together(last), judge.begin(last)]).toEqual([2, minute(61)]);
  });

  it.each(['average', 'lowest', 'highest', 'sum'] as const)('looks at each match a few times (%s)', (of) => {
    const matches = 10_000;
    const rule: Rule = { ...threshold, of, windowMinutes: 10_000 };
    const judge = new Judge();
    let looks = 0;
    const told: number[] = [];
    for (let n = 0; n < matches; n++) {
      // Every seventh is read late.
      const at = minute((n % 7 === 6 ? n - 3 : n) * 2);
      const hit = {
        get at() {
          looks++;
          return at;
        },
        figure: n,
      };
      const match = { seat: 's', plan: { ...PLAIN, rule }, thing: '', at, figure: n, limit: 4_000 };
      if (judge.judge(match, hit) === undefined) told.push(n);
    }
    // Half of them stand in the window: each figure grows past the limit once.
    expect(told).toHaveLength(1);
    expect(looks).toBeLessThan(20 * matches);
  });

  it('comes to what counting anew comes to, whatever the order', () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const window = new Window();
    const rule: Rule = { ...threshold, windowMinutes: 30 };
    const all: Hit[] = [];
    for (let n = 0; n < 5_000; n++) {
      const hit = { at: minute(n + random(20)), figure: random(5) === 0 ? null : random(100) };
      window.push(hit);
      all.push(hit);
      window.moveTo(hit.at, rule);
      const end = Math.max(...all.slice(-60).map(({ at }) => at.getTime()));
      const inside = all.slice(-200).filter(({ at }) => at.getTime() > end - 1_800_000);
      const figures = inside.flatMap(({ figure }) => (figure === null ? [] : [figure]));
      expect(window.total).toEqual({
        hits: inside.length,
        figures: figures.length,
        sum: figures.reduce((a, b) => a + b, 0),
        lowest: Math.min(...figures),
        highest: Math.max(...figures),
      });
      expect(window.size).toBe(inside.length);
    }
  });

  it('holds no more matches than it can tell apart', () => {
    const judge = new Judge();
    const plan = { ...PLAIN, rule: more(3) };
    const hear = judging(plan, judge);
    for (let n = 0; n < 100; n++) hear(n / 1_000);
    expect(judge.together({ seat: 's', plan, thing: 'deal/1', at: minute(0.1) })).toBe(4);
  });

  it('comes to the same when what was before is told together, as far as it leaves together', () => {
    const figures = [10, 60, 70, 80, 20, 90, 70, 60, 70];
    const minutes = [0, 5, 11, 12, 13, 14, 22, 23.5, 24];
    const rules = [more(2), { ...threshold, of: 'lowest' }, { ...threshold, of: 'average' }, threshold] as Rule[];
    for (const rule of rules.map((one) => ({ ...one, windowMinutes: 10 }))) {
      const match = (n: number): Judged => {
        const plan = { ...PLAIN, rule };
        return { seat: 's', plan, thing: '', at: minute(minutes[n]!), figure: figures[n], limit: 50 };
      };
      const one = new Judge();
      const all = figures.map((_, n) => one.judge(match(n)));
      for (let from = 1; from < figures.length; from++) {
        const judge = new Judge();
        const ends = [...minutes.slice(from), minutes[from - 1]!].map((n) => n - 10).sort((a, b) => a - b);
        for (const part of [...ends, Infinity].map((end, i) => [ends[i - 1] ?? -Infinity, end] as const)) {
          const inside = figures.flatMap((figure, n) =>
            n < from && minutes[n]! > part[0] && minutes[n]! <= part[1] ? [{ figure, at: minutes[n]! }] : [],
          );
          const of = inside.map(({ figure }) => figure);
          const [sum, hits] = [of.reduce((a, b) => a + b, 0), of.length];
          const at = minute(Math.max(...inside.map((hit) => hit.at)));
          const known = { at, hits, figures: hits, sum, lowest: Math.min(...of), highest: Math.max(...of) };
          if (hits > 0) judge.remember('s', '', known);
        }
        expect(figures.slice(from).map((_, n) => judge.judge(match(from + n)))).toEqual(all.slice(from));
      }
    }
  });
});
