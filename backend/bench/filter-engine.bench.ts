// Many filters against one event at a time: 10,000, 100,000 and 1,000,000 alerts on deals, tasks and deployments, by the engine;
// and the same filters, as many as they bear, by json-rules-engine, sift and a loop over compiled matchers. Every engine's
// answers are checked against the compiled matchers. Options: --worlds=deals,tasks --sizes=10000,1000000 --no-peers
import { compile, FilterEngine, toMatcher, type Subject } from '#contract/filter/index.js';
import { dice, worlds, type World } from './lib/filter-worlds.js';
import { comparePeers } from './lib/filter-peers.js';

const EVENTS = 20_000;
const CHECKED = 20;
const SECONDS = 1.5;
const BATCH = 1_000;
const SEED = 20_270_314;

const option = (name: string): string | undefined =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3);
const named = option('worlds')?.split(',') ?? Object.keys(worlds);
const sizes = option('sizes')?.split(',').map(Number) ?? [10_000, 100_000, 1_000_000];

interface Loaded {
  readonly engine: FilterEngine;
  readonly seconds: number;
  readonly bytes: number;
}

const cpu = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1e6;
};
const whole = (number: number): string => Math.round(number).toLocaleString('en');

function memory(): number {
  gc?.();
  gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const keyOf = (filter: number): string => `0192f0c1-2b3a-7c4d-8e5f-${filter.toString(16).padStart(12, '0')}`;

/** Fills an engine, and asks each filter's own matcher about a few events for comparison. */
function load(world: World, size: number, checked: readonly Subject[], expected: Set<string>[]): Loaded {
  const roll = dice(SEED);
  const before = memory();
  const engine = new FilterEngine(world.catalogue);
  let spent = 0;
  for (let first = 0; first < size; first += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, size - first) }, () =>
      compile(world.filter(roll, size), world.catalogue, world.owner),
    );
    const start = cpu();
    for (const [at, filter] of batch.entries()) engine.put(keyOf(first + at), filter);
    spent += cpu() - start;
    for (const [at, filter] of batch.entries()) {
      const matches = toMatcher(filter);
      for (const [event, subject] of checked.entries()) {
        if (matches(subject, world.moment)) expected[event]!.add(keyOf(first + at));
      }
    }
  }
  return { engine, seconds: spent, bytes: memory() - before };
}

function check(
  engine: FilterEngine,
  world: World,
  checked: readonly Subject[],
  expected: readonly Set<string>[],
): void {
  for (const [event, subject] of checked.entries()) {
    const found = engine.match(subject, world.moment);
    const wanted = expected[event]!;
    if (found.length === wanted.size && found.every((key) => wanted.has(key))) continue;
    throw new Error(`event ${event}: the engine found ${found.length} filters, the matchers ${wanted.size}`);
  }
}

/** Each event at a moment of its own, so that what moves with the clock is computed and not remembered. */
function ask(
  engine: FilterEngine,
  world: World,
  events: readonly Subject[],
): { rate: number; matches: number; p50: number; p99: number; steps: number; candidates: number } {
  const moments = events.map((_, at) => ({ ...world.moment, now: world.moment.now + at * 61 }));
  for (let at = 0; at < 5_000; at += 1) engine.match(events[at]!, moments[at]!);
  let [asked, matches] = [0, 0];
  const { steps, candidates } = engine.effort;
  // Of the processor, not of the clock: the machine may be busy with other things.
  const start = cpu();
  while (cpu() - start < SECONDS) {
    for (let at = 0; at < EVENTS; at += 1) matches += engine.match(events[at]!, moments[at]!).length;
    asked += EVENTS;
  }
  const rate = asked / (cpu() - start);
  const effort = {
    steps: (engine.effort.steps - steps) / asked,
    candidates: (engine.effort.candidates - candidates) / asked,
  };
  const times = new Float64Array(EVENTS);
  for (let at = 0; at < EVENTS; at += 1) {
    const begun = performance.now();
    engine.match(events[at]!, moments[at]!);
    times[at] = (performance.now() - begun) * 1_000;
  }
  times.sort();
  return { rate, matches: matches / asked, p50: times[EVENTS / 2]!, p99: times[Math.floor(EVENTS * 0.99)]!, ...effort };
}

for (const name of named) {
  const world = worlds[name]!;
  console.log(`\n${name}`);
  const perEvent: number[] = [];
  const work: number[] = [];
  for (const size of sizes) {
    const roll = dice(SEED + 1);
    const events = Array.from({ length: EVENTS }, () => world.event(roll, size));
    const checked = events.slice(0, CHECKED);
    const expected = checked.map(() => new Set<string>());
    const { engine, seconds: spent, bytes } = load(world, size, checked, expected);
    check(engine, world, checked, expected);
    // As a process that has run for a while, stored itself and started again: it knows what events hold.
    for (const event of events) engine.match(event, world.moment);
    const stored = [...engine.snapshot()];
    const begun = performance.now();
    const cpuBegun = cpu();
    const restored = FilterEngine.restore(world.catalogue, stored);
    const [restoredIn, restoredCpu] = [(performance.now() - begun) / 1_000, cpu() - cpuBegun];
    check(restored, world, checked, expected);
    const { rate, matches, p50, p99, steps, candidates } = ask(restored, world, events);
    perEvent.push(1e6 / rate);
    work.push(steps + candidates);
    console.log(
      `  ${whole(size).padStart(9)} filters  ${whole(rate).padStart(8)} events/s  ${(1e6 / rate).toFixed(1)} us an event, ` +
        `p50 ${p50.toFixed(1)}, p99 ${p99.toFixed(1)}  ${matches.toFixed(2)} matches an event`,
    );
    console.log(
      `            ${steps.toFixed(1)} look-ups in the index and ${candidates.toFixed(1)} candidates an event`,
    );
    const megabytes = stored.reduce((sum, { length }) => sum + length, 0) / 1e6;
    console.log(
      `            snapshot ${megabytes.toFixed(1)} MB, ready again in ${restoredIn.toFixed(2)} s (${restoredCpu.toFixed(2)} s of the processor)`,
    );
    console.log(`            ${whole(bytes / size)} bytes a filter, put ${whole(size / spent)}/s`);
  }
  if (perEvent.length > 1)
    console.log(
      `  growth of the time of an event: ${(perEvent.at(-1)! / perEvent[0]!).toFixed(2)}; ` +
        `of its look-ups and candidates: ${(work.at(-1)! / work[0]!).toFixed(2)}`,
    );
  if (!process.argv.includes('--no-peers')) await comparePeers(world);
}
