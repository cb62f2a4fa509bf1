import type { FieldCatalogue } from '../fields.js';
import type { DimensionTable } from './dimension-table.js';
import type { DimensionPlace } from './dimension.js';
import { endChunk, intsChunk, jsonChunk, SnapshotError, SnapshotReader } from './snapshot.js';
import type { SourcePlace } from './source.js';
import type { StoredEntry, TestTable } from './test-table.js';
import type { StoredValue, ValueTable } from './value-table.js';

/** Raised whenever programs or chunks come to mean something else. */
const VERSION = 2;
/** Entries of a chunk: a few megabytes at most. */
const PORTION = 8_192;

/** A filter as an engine holds it. */
export interface StoredFilter {
  readonly key: string;
  readonly partition: string;
  readonly mark: string;
  readonly bodies: readonly ArrayLike<number>[];
}

/** What whoever stores an engine says of it. */
export interface Origin {
  /** A snapshot of another one is refused: whatever may compile the same filter to something else. */
  readonly build: string;
  /** What a filter was made of, to know whether it is still the same. */
  markOf(key: string): string;
}

/** What the programs of an engine name by number. */
export interface Names {
  readonly values: ValueTable;
  readonly tests: TestTable;
  readonly dimensions: DimensionTable;
}

/** The first chunk. */
interface Heading {
  readonly format: 'signalbox filters';
  readonly version: number;
  readonly build: string;
  readonly catalogue: string;
  readonly filters: number;
  readonly sources: readonly SourcePlace[];
  readonly dimensions: readonly DimensionPlace[];
}

/** Everything about a catalogue that the meaning of stored programs rests on. */
function fingerprint({ target, words, before, fields }: FieldCatalogue): string {
  const unspoken = new Set(['title', 'description', 'synonyms', 'values', 'column', 'closed']);
  return JSON.stringify({ target, words, before, fields }, (key, value: unknown) =>
    unspoken.has(key) ? undefined : value,
  );
}

/** An engine as chunks: the names first, then keys with partitions and programs in turn. */
export function* writeSnapshot(
  catalogue: FieldCatalogue,
  { values, tests, dimensions }: Names,
  { build, filters }: { build: string; filters: number },
  stored: Iterable<StoredFilter>,
): Generator<Uint8Array> {
  const heading: Heading = {
    format: 'signalbox filters',
    version: VERSION,
    build,
    catalogue: fingerprint(catalogue),
    filters,
    sources: values.sources.map(({ place }) => place),
    dimensions: dimensions.list.map(({ place }) => place),
  };
  yield jsonChunk(heading);
  yield* list(values.entries());
  yield* list(tests.entries());
  for (const portion of portions(stored)) {
    yield jsonChunk(portion.map(({ key }) => key));
    yield jsonChunk(portion.map(({ partition }) => partition));
    yield jsonChunk(portion.map(({ mark }) => mark));
    yield intsChunk(portion.flatMap(({ bodies }) => [bodies.length, ...bodies.flatMap(withLength)]));
  }
  yield endChunk();
}

function withLength(body: ArrayLike<number>): number[] {
  return [body.length, ...Array.from(body)];
}

/** Portions of a list, an empty one last. */
function* list(items: Iterable<unknown>): Generator<Uint8Array> {
  for (const portion of portions(items)) yield jsonChunk(portion);
  yield jsonChunk([]);
}

function* portions<T>(items: Iterable<T>): Generator<T[]> {
  let portion: T[] = [];
  for (const item of items) {
    if (portion.push(item) < PORTION) continue;
    yield portion;
    portion = [];
  }
  if (portion.length > 0) yield portion;
}

/** What reading a snapshot tells: how many filters there will be, then each of them. */
export interface Taking {
  expect(filters: number): void;
  take(filter: StoredFilter): void;
}

/** Reads chunks into empty tables and tells the filters; pauses after every few thousand entries. @throws SnapshotError */
export function* readSnapshot(
  catalogue: FieldCatalogue,
  build: string,
  chunks: Iterable<Uint8Array>,
  { values, tests, dimensions }: Names,
  taking: Taking,
): Generator<void, void> {
  const reader = new SnapshotReader(chunks);
  const heading = reader.json() as Heading;
  requireSame(heading, catalogue, build);
  values.restoreSources(heading.sources);
  for (const place of heading.dimensions) dimensions.intern(place);
  yield* readList(reader, (value) => values.restore(value as StoredValue));
  values.seal();
  yield* readList(reader, (entry) => tests.restore(entry as StoredEntry));
  tests.seal();
  taking.expect(heading.filters);
  for (let read = 0; read < heading.filters;) {
    const keys = reader.json() as string[];
    const partitions = reader.json() as string[];
    const marks = reader.json() as string[];
    takeFilters({ keys, partitions, marks }, reader.ints(), taking);
    read += keys.length;
    yield;
  }
  reader.end();
}

function requireSame(heading: Partial<Heading>, catalogue: FieldCatalogue, build: string): void {
  if (heading.format !== 'signalbox filters') throw new SnapshotError('This is no snapshot of filters.');
  if (heading.version !== VERSION)
    throw new SnapshotError(`The snapshot is of version ${heading.version}, not ${VERSION}.`);
  if (heading.build !== build) throw new SnapshotError('The snapshot was made by another build.');
  if (heading.catalogue !== fingerprint(catalogue)) {
    throw new SnapshotError(`The snapshot is not of ${catalogue.target} as their fields are now.`);
  }
}

function* readList(reader: SnapshotReader, take: (item: unknown) => void): Generator<void, void> {
  for (;;) {
    const portion = reader.json() as unknown[];
    if (portion.length === 0) return;
    for (const item of portion) take(item);
    yield;
  }
}

interface Portion {
  readonly keys: readonly string[];
  readonly partitions: readonly string[];
  readonly marks: readonly string[];
}

function takeFilters({ keys, partitions, marks }: Portion, words: Int32Array, taking: Taking): void {
  let at = 0;
  for (const [index, key] of keys.entries()) {
    const bodies: Int32Array[] = [];
    for (let left = words[at++]!; left > 0; left -= 1) {
      const length = words[at++]!;
      bodies.push(words.subarray(at, (at += length)));
    }
    taking.take({ key, partition: partitions[index]!, mark: marks[index]!, bodies });
  }
}
