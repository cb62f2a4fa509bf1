// Worlds of filters and events for `filter-engine`: what people would watch, drawn by a generator with a seed, so that every
// run asks the same. The world grows with the number of filters: a hundred times the filters are a hundred times the people,
// projects and applications, while the routes and their fame stay as they are.
import { dealFields, FieldCatalogue, type Moment, type OwnerContext, type Subject } from '#contract/filter/index.js';
import { someNow, someRates } from '#contract/filter/testing/arbitraries.js';

/** Numbers in [0, 1) from a seed: mulberry32 (T. Ettinger, public domain). */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** One kind of filters and the events they wait for. */
export interface World {
  readonly catalogue: FieldCatalogue;
  readonly owner: OwnerContext;
  readonly moment: Moment;
  /** A filter as somebody would write it, in a world of so many filters. */
  filter(roll: () => number, among: number): string;
  event(roll: () => number, among: number): Subject;
}

type Roll = () => number;
const upTo = (roll: Roll, most: number): number => Math.floor(roll() * most);
/** Few are popular, many are not: a rank's weight falls with its square root. */
const famous = (roll: Roll, most: number): number => Math.floor(most * roll() ** 2);
/** Of the twenty things of one team, some are popular; teams are alike, however many there are. */
const local = (roll: Roll, most: number): number => 20 * upTo(roll, most / 20) + famous(roll, 20);
const oneOf = <T>(roll: Roll, values: readonly T[]): T => values[upTo(roll, values.length)]!;
const id = (kind: number, number: number): string =>
  `0192f0c1-${kind.toString(16).padStart(4, '0')}-7c4d-8e5f-${number.toString(16).padStart(12, '0')}`;

const CITIES = 3_000;
const cityCode = (city: number): string => `C${city.toString(36).toUpperCase().padStart(3, '0')}`;
const countryOf = (city: number): number => (city * 7) % 180;
const keysOf = (city: number): string[] => [
  `airport:${cityCode(city)}`,
  `city:${cityCode(city)}`,
  `country:K${countryOf(city)}`,
  `region:R${countryOf(city) % 7}`,
];
const someCity = (roll: Roll): number => famous(roll, CITIES);
const airlines = Array.from({ length: 120 }, (_, at) => `air ${at}`);
const cabins = ['economy', 'economy', 'economy', 'economy', 'premium', 'business', 'first'];
const everyKey = new Set(Array.from({ length: CITIES }, (_, city) => keysOf(city)).flat());
/** Alerts wait for prices that few deals have. */
const limit = (roll: Roll): number => 40 + Math.floor(360 * roll() ** 2);

const deals: World = {
  catalogue: dealFields,
  owner: {
    zone: 'America/New_York',
    currency: 'USD',
    places: { resolve: (key) => (everyKey.has(key) ? { key, label: key } : undefined) },
  },
  moment: { now: someNow.getTime(), rates: someRates },
  filter(roll) {
    const from = `origin:city:${cityCode(someCity(roll))}`;
    const to = `to:city:${cityCode(someCity(roll))}`;
    const kind = roll();
    if (kind < 0.5) return `type:deal.found ${from} ${to} price<=${limit(roll)}`;
    const country = `to:country:K${countryOf(someCity(roll))}`;
    if (kind < 0.65)
      return `${from} ${country} price<${limit(roll)} departs:2027-${oneOf(roll, ['04..2027-05', '07', '12'])}`;
    if (kind < 0.75) return `${from},city:${cityCode(someCity(roll))} ${to} cabin:business price<=${limit(roll) * 3}`;
    if (kind < 0.85) return `origin:country:K${countryOf(someCity(roll))} ${to} nonstop:yes price:20..${limit(roll)}`;
    if (kind < 0.95) return `${from} ${to} percentile<=${1 + upTo(roll, 5)} book-by>=2d`;
    return `${from} airline:"${oneOf(roll, airlines)}" cabin!=economy price<=${limit(roll) * 2}`;
  },
  event(roll) {
    const [from, to] = [someCity(roll), someCity(roll)];
    const words = [
      'deal',
      'from',
      cityCode(from).toLowerCase(),
      'to',
      cityCode(to).toLowerCase(),
      `w${upTo(roll, 5_000)}`,
    ];
    const month = 3 + upTo(roll, 9);
    return {
      originKeys: keysOf(from),
      destinationKeys: keysOf(to),
      priceMinor: 5_000 + upTo(roll, 60_000),
      currency: 'USD',
      airlinesFolded: [oneOf(roll, airlines)],
      cabin: oneOf(roll, cabins),
      tripType: oneOf(roll, ['roundtrip', 'oneway']),
      nonstop: roll() < 0.4,
      travelFrom: `2027-${String(month).padStart(2, '0')}-01`,
      travelTo: `2027-${String(month + 1).padStart(2, '0')}-01`,
      bookBy: `2027-03-${String(14 + upTo(roll, 15))}`,
      percentile: upTo(roll, 1_000) / 10,
      z: upTo(roll, 60) / 10 - 4,
      sourceId: id(9, upTo(roll, 40)),
      foundAt: someNow.toISOString(),
      confidence: 0.9,
      status: 'active',
      kind: oneOf(roll, ['sale', 'mistake', 'drop']),
      titleFolded: words.join(' '),
      words,
    };
  },
};

const described = { title: '', description: '' };
const at = (path: string): { at: { path: string; column: string } } => ({ at: { path, column: path } });

const taskFields = new FieldCatalogue({
  target: 'tasks',
  before: 'before',
  words: { path: 'words', column: 'words' },
  fields: [
    { ...described, name: 'type', type: 'keyword', rowType: 'task.updated' },
    { ...described, name: 'task', type: 'keyword', uuid: true, ...at('id') },
    { ...described, name: 'project', type: 'keyword', uuid: true, ...at('projectId') },
    { ...described, name: 'status', type: 'keyword', ...at('status') },
    { ...described, name: 'priority', type: 'keyword', ...at('priority') },
    { ...described, name: 'assignee', type: 'user', many: true, ...at('assigneeIds') },
    { ...described, name: 'author', type: 'user', ...at('authorId') },
    { ...described, name: 'label', type: 'set', ...at('labels') },
    { ...described, name: 'estimate', type: 'number', precision: 'double', ...at('estimate') },
    { ...described, name: 'due', type: 'date', ...at('due') },
  ],
});
const labels = ['bug', 'urgent', 'ui', 'docs', 'wontfix', 'idea', 'customer', 'security', 'infra', 'debt'];
const statuses = ['backlog', 'open', 'doing', 'review', 'done'];
const priorities = ['low', 'normal', 'normal', 'high', 'urgent'];

const nowhere = { resolve: () => undefined };
const plain = { zone: 'Europe/Lisbon', currency: 'EUR', places: nowhere };

const tasks: World = {
  catalogue: taskFields,
  owner: plain,
  moment: { now: someNow.getTime(), type: 'task.updated' },
  filter(roll, among) {
    const project = `project:${id(1, local(roll, among / 10))}`;
    const person = id(2, upTo(roll, among / 5));
    const kind = roll();
    if (kind < 0.3) return `task:${id(3, upTo(roll, among * 2))}`;
    if (kind < 0.5) return `assignee:${person} changed:status`;
    if (kind < 0.6) return `assignee:${person} status:open,doing due<3d`;
    if (kind < 0.75) return `${project} (label:${oneOf(roll, labels)} or label:${oneOf(roll, labels)}) -label:wontfix`;
    if (kind < 0.85) return `${project} priority:urgent changed:priority`;
    if (kind < 0.92) return `author:${person} changed:assignee status!=done`;
    if (kind < 0.97) return `${project} w${upTo(roll, 2_000)} estimate>=${upTo(roll, 20)}`;
    return `was.assignee:${person} -assignee:${person}`;
  },
  event(roll, among) {
    const state = (): Record<string, unknown> => ({
      status: oneOf(roll, statuses),
      priority: oneOf(roll, priorities),
      assigneeIds: [id(2, upTo(roll, among / 5))],
    });
    const now = state();
    const before: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(state())) if (roll() < 0.4) before[name] = value;
    return {
      id: id(3, upTo(roll, among * 2)),
      projectId: id(1, local(roll, among / 10)),
      authorId: id(2, upTo(roll, among / 5)),
      labels: [oneOf(roll, labels), oneOf(roll, labels)],
      estimate: upTo(roll, 24),
      due: `2027-03-${String(10 + upTo(roll, 20))}`,
      words: Array.from({ length: 8 }, () => `w${upTo(roll, 2_000)}`),
      ...now,
      before,
    };
  },
};

const deploymentFields = new FieldCatalogue({
  target: 'deployments',
  before: 'before',
  fields: [
    { ...described, name: 'type', type: 'keyword', rowType: 'deployment.changed' },
    { ...described, name: 'app', type: 'keyword', uuid: true, ...at('appId') },
    { ...described, name: 'team', type: 'keyword', ...at('team') },
    { ...described, name: 'environment', type: 'keyword', ...at('environment') },
    { ...described, name: 'state', type: 'keyword', ...at('state') },
    { ...described, name: 'host', type: 'keyword', ...at('host') },
    { ...described, name: 'image', type: 'keyword', ...at('image') },
    { ...described, name: 'exit', type: 'number', precision: 'integer', ...at('exitCode') },
    { ...described, name: 'restarts', type: 'number', precision: 'integer', ...at('restarts') },
    { ...described, name: 'memory', type: 'number', precision: 'double', ...at('memoryMb') },
    { ...described, name: 'message', type: 'text', ...at('messageFolded') },
  ],
});
const states = ['starting', 'healthy', 'healthy', 'healthy', 'unhealthy', 'crashed', 'stopped'];
const environments = ['production', 'staging', 'preview', 'development'];
const troubles = [
  'out of memory',
  'connection refused',
  'health check timed out',
  'exited',
  'image not found',
  'ready',
];

const deployments: World = {
  catalogue: deploymentFields,
  owner: plain,
  moment: { now: someNow.getTime(), type: 'deployment.changed' },
  filter(roll, among) {
    const app = `app:${id(4, local(roll, among / 4))}`;
    const team = `team:t${upTo(roll, among / 20)}`;
    const kind = roll();
    if (kind < 0.3) return `${app} state:crashed,unhealthy environment:production`;
    if (kind < 0.5) return `${app} changed:state`;
    if (kind < 0.65) return `${team} memory>${256 + upTo(roll, 3_800)} environment:production`;
    if (kind < 0.75)
      return `${team} (state:crashed or restarts>=${3 + upTo(roll, 8)}) -environment:development,preview`;
    if (kind < 0.85) return `host:h${upTo(roll, among / 50)} exit:${120 + upTo(roll, 10)}..${130 + upTo(roll, 30)}`;
    if (kind < 0.95) return `image:i${upTo(roll, among / 10)}-* state:crashed`;
    return `${team} message:"${oneOf(roll, troubles)}" state!=healthy`;
  },
  event(roll, among) {
    const state = oneOf(roll, states);
    return {
      appId: id(4, local(roll, among / 4)),
      team: `t${upTo(roll, among / 20)}`,
      environment: oneOf(roll, environments),
      state,
      host: `h${upTo(roll, among / 50)}`,
      image: `i${upTo(roll, among / 10)}-${upTo(roll, 900)}`,
      exitCode: upTo(roll, 256),
      restarts: upTo(roll, 6),
      memoryMb: upTo(roll, 4_096),
      messageFolded: `instance ${upTo(roll, 90)}: ${oneOf(roll, troubles)}`,
      before: { state: oneOf(roll, states) },
    };
  },
};

export const worlds: Readonly<Record<string, World>> = { deals, tasks, deployments };
