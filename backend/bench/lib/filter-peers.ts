// The same filters by json-rules-engine, sift and a loop over compiled matchers. What the peers have no word for is prepared
// for them before the clock starts: days as numbers, steps from now as days, what changed as flags.
import { Engine as Rules, type TopLevelCondition } from 'json-rules-engine';
import sift from 'sift';
import {
  compile,
  FilterEngine,
  toMatcher,
  type BoundFilter,
  type BoundNode,
  type Field,
  type Predicate,
  type Subject,
  type Test,
} from '#contract/filter/index.js';
import { resolveDay } from '#contract/filter/when.js';
import { dice, type World } from './filter-worlds.js';

const FILTERS = 10_000;
const SEED = 20_270_314;

/** One question about one plain fact. */
interface Question {
  readonly fact: string;
  readonly ask: 'in' | 'has' | 'at-least' | 'at-most' | 'above' | 'below' | 'begins' | 'includes';
  readonly value: unknown;
}
type Formula = Question | { readonly all: Formula[] } | { readonly any: Formula[] } | { readonly not: Formula };

/** A filter as questions about plain facts at one moment. */
function formulaOf(node: BoundNode, world: World): Formula {
  if (node.kind !== 'test') {
    const parts = node.children.map((child) => formulaOf(child, world));
    return node.kind === 'and' ? { all: parts } : { any: parts };
  }
  const any = { any: node.any.map((predicate) => questionsOf(predicate, node, world)) };
  return node.negated ? { not: any } : any;
}

function questionsOf(predicate: Predicate, test: Test, world: World): Formula {
  const field = test.field;
  const fact = (test.was ? 'before.' : '') + pathOf(field);
  const { now } = world.moment;
  switch (predicate.is) {
    case 'one-of':
      return { fact, ask: 'in', value: predicate.values };
    case 'has-any':
      return { any: predicate.values.map((value) => ({ fact, ask: 'has', value })) };
    case 'flag':
      return { fact, ask: 'in', value: [predicate.value] };
    case 'prefix':
      return { fact, ask: 'begins', value: predicate.value };
    case 'contains':
      return { fact, ask: 'includes', value: predicate.value };
    case 'changed':
      return { fact: `changed.${pathOf(field)}`, ask: 'in', value: [true] };
    case 'words':
      return { all: predicate.all.map((value) => ({ fact: 'words', ask: 'has', value })) };
    case 'number':
    case 'money': {
      const at = (limit: number | { value: number }): number => (typeof limit === 'number' ? limit : limit.value * 100);
      const { low, high } = predicate;
      return {
        all: [
          ...(low
            ? [{ fact, ask: low.inclusive ? ('at-least' as const) : ('above' as const), value: at(low.at) }]
            : []),
          ...(high
            ? [{ fact, ask: high.inclusive ? ('at-most' as const) : ('below' as const), value: at(high.at) }]
            : []),
        ],
      };
    }
    case 'days':
    case 'overlaps': {
      const { from, to } = predicate;
      const ends = predicate.is === 'overlaps' && field?.type === 'period';
      const [start, end] = ends ? [field.from.path, field.to.path] : [fact, fact];
      const number = (day: string): number => Number(day.replaceAll('-', ''));
      return {
        all: [
          ...(from
            ? [
                {
                  fact: end,
                  ask: ends ? ('above' as const) : ('at-least' as const),
                  value: number(resolveDay(from, now)),
                },
              ]
            : []),
          ...(to ? [{ fact: start, ask: 'below' as const, value: number(resolveDay(to, now)) }] : []),
        ],
      };
    }
    default:
      throw new Error(`the peers are not asked "${predicate.is}"`);
  }
}

function pathOf(field: Field | undefined): string {
  if (!field) return 'words';
  if ('rowType' in field) return 'type';
  if (field.type === 'money') return field.amount.path;
  return field.type === 'period' ? field.from.path : field.at.path;
}

/** An event as plain facts. */
function factsOf(event: Subject, type: string): Record<string, unknown> {
  const facts: Record<string, unknown> = { type };
  const number = (value: unknown): unknown =>
    typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? Number(value.replaceAll('-', '')) : value;
  for (const [name, value] of Object.entries(event)) facts[name] = number(value);
  for (const [name, value] of Object.entries((event.before ?? {}) as Subject)) {
    facts[`before.${name}`] = number(value);
    facts[`changed.${name}`] = JSON.stringify(value) !== JSON.stringify(event[name]);
  }
  delete facts.before;
  return facts;
}

const ruleOperators: Readonly<Record<Question['ask'], string>> = {
  in: 'in',
  has: 'contains',
  'at-least': 'greaterThanInclusive',
  'at-most': 'lessThanInclusive',
  above: 'greaterThan',
  below: 'lessThan',
  begins: 'begins',
  includes: 'includes',
};

function ruleOf(formula: Formula): unknown {
  if ('all' in formula) return { all: formula.all.map(ruleOf) };
  if ('any' in formula) return { any: formula.any.map(ruleOf) };
  if ('not' in formula) return { not: ruleOf(formula.not) };
  return { fact: formula.fact, operator: ruleOperators[formula.ask], value: formula.value };
}

const escaped = (text: unknown): string => String(text).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const siftOperators: Readonly<Record<Question['ask'], (value: unknown) => object>> = {
  in: (value) => ({ $in: value }),
  has: (value) => ({ $in: [value] }),
  'at-least': (value) => ({ $gte: value }),
  'at-most': (value) => ({ $lte: value }),
  above: (value) => ({ $gt: value }),
  below: (value) => ({ $lt: value }),
  begins: (value) => ({ $regex: `^${escaped(value)}` }),
  includes: (value) => ({ $regex: escaped(value) }),
};

function queryOf(formula: Formula): object {
  if ('all' in formula) return formula.all.length === 0 ? {} : { $and: formula.all.map(queryOf) };
  if ('any' in formula) return { $or: formula.any.map(queryOf) };
  if ('not' in formula) return { $nor: [queryOf(formula.not)] };
  // A dot in a name would be a path to sift.
  return { [formula.fact.replaceAll('.', '_')]: siftOperators[formula.ask](formula.value) };
}

interface Peer {
  readonly name: string;
  readonly events: number;
  match(event: number): Promise<string[]> | string[];
}

function rulesPeer(formulas: readonly Formula[], facts: readonly Record<string, unknown>[]): Peer {
  const rules = new Rules([], { allowUndefinedFacts: true });
  rules.addOperator('begins', (fact: unknown, value: string) => typeof fact === 'string' && fact.startsWith(value));
  rules.addOperator('includes', (fact: unknown, value: string) => typeof fact === 'string' && fact.includes(value));
  for (const [key, formula] of formulas.entries()) {
    rules.addRule({ conditions: { all: [ruleOf(formula)] } as TopLevelCondition, event: { type: String(key) } });
  }
  return {
    name: 'json-rules-engine',
    events: 5,
    match: async (event) => (await rules.run(facts[event])).events.map(({ type }) => type),
  };
}

function siftPeer(formulas: readonly Formula[], facts: readonly Record<string, unknown>[]): Peer {
  const tests = formulas.map((formula) => sift.default(queryOf(formula)));
  const plain = facts.map((of) =>
    Object.fromEntries(Object.entries(of).map(([name, value]) => [name.replaceAll('.', '_'), value])),
  );
  return {
    name: 'sift',
    events: 50,
    match: (event) => tests.flatMap((test, key) => (test(plain[event]) ? [String(key)] : [])),
  };
}

const cpu = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
};

/** Compares events a second of the processor, with the same filters and the same answers. */
export async function comparePeers(world: World): Promise<void> {
  const roll = dice(SEED);
  const filters: BoundFilter[] = Array.from({ length: FILTERS }, () =>
    compile(world.filter(roll, FILTERS), world.catalogue, world.owner),
  );
  const events = Array.from({ length: 200 }, () => world.event(roll, FILTERS));
  const matchers = filters.map(toMatcher);
  const formulas = filters.map(({ root }) => formulaOf(root, world));
  const facts = events.map((event) => factsOf(event, world.moment.type ?? 'deal.found'));
  const engine = new FilterEngine(world.catalogue);
  for (const [key, filter] of filters.entries()) engine.put(String(key), filter);
  const peers: Peer[] = [
    rulesPeer(formulas, facts),
    siftPeer(formulas, facts),
    {
      name: 'a loop over matchers',
      events: events.length,
      match: (event) =>
        matchers.flatMap((matches, key) => (matches(events[event]!, world.moment) ? [String(key)] : [])),
    },
  ];
  for (let at = 0; at < 20_000; at += 1) engine.match(events[at % events.length]!, world.moment);
  let start = cpu();
  for (let at = 0; at < 50_000; at += 1) engine.match(events[at % events.length]!, world.moment);
  const own = 50_000 / (cpu() - start);
  console.log(
    `  the same ${FILTERS.toLocaleString('en')} filters: the engine ${Math.round(own).toLocaleString('en')} events/s`,
  );
  for (const peer of peers) {
    for (let event = 0; event < peer.events; event += 1)
      await requireSame(peer, event, engine.match(events[event]!, world.moment));
    start = cpu();
    for (let event = 0; event < peer.events; event += 1) await peer.match(event);
    const rate = peer.events / (cpu() - start);
    console.log(
      `    ${peer.name}: ${rate.toPrecision(3)} events/s, the engine ${Math.round(own / rate).toLocaleString('en')} times as many`,
    );
  }
}

async function requireSame(peer: Peer, event: number, own: string[]): Promise<void> {
  const found = new Set(await peer.match(event));
  if (found.size === own.length && own.every((key) => found.has(key))) return;
  throw new Error(`${peer.name} finds ${found.size} filters for event ${event}, the engine ${own.length}`);
}
