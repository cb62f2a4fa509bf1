import type { FieldCatalogue } from '../fields.js';
import type { DimensionPlace } from './dimension.js';
import type { DimensionTable } from './dimension-table.js';
import type { Generation } from './generation.js';
import type { KeyTable } from './key-table.js';
import { endChunk, jsonChunk, SnapshotError, SnapshotReader } from './snapshot.js';
import type { TestTable } from './test-table.js';
import type { ValueTable } from './value-table.js';

/** Raised whenever programs or chunks come to mean something else. */
const VERSION = 3;

/** What whoever stores an engine says of it. */
export interface Origin {
  /** A snapshot of another one is refused: whatever may compile the same filter to something else. */
  readonly build: string;
  /** Anything that JSON holds, told again when the engine is restored. */
  readonly note: unknown;
}

/** Everything of an engine that lasts. */
export interface Parts {
  readonly values: ValueTable;
  readonly tests: TestTable;
  readonly dimensions: DimensionTable;
  readonly keys: KeyTable;
  readonly current: Generation;
}

/** The first chunk. */
interface Heading extends Origin {
  readonly format: 'signalbox filters';
  readonly version: number;
  readonly catalogue: string;
  readonly dimensions: readonly DimensionPlace[];
}

/** Everything about a catalogue that the meaning of stored programs rests on. */
function fingerprint({ target, words, before, fields }: FieldCatalogue): string {
  const unspoken = new Set(['title', 'description', 'synonyms', 'values', 'column', 'closed']);
  return JSON.stringify({ target, words, before, fields }, (key, value: unknown) =>
    unspoken.has(key) ? undefined : value,
  );
}

/** An engine as chunks: its arrays as they are, so that reading them is all there is to do. */
export function* writeSnapshot(catalogue: FieldCatalogue, parts: Parts, origin: Origin): Generator<Uint8Array> {
  const heading: Heading = {
    format: 'signalbox filters',
    version: VERSION,
    ...origin,
    catalogue: fingerprint(catalogue),
    dimensions: parts.dimensions.list.map(({ place }) => place),
  };
  yield jsonChunk(heading);
  for (const part of inOrder(parts)) yield* part.save();
  yield endChunk();
}

/** Reads chunks into empty parts, and pauses after every few megabytes. @returns the origin's note @throws SnapshotError */
export function* readSnapshot(
  catalogue: FieldCatalogue,
  build: string,
  chunks: Iterable<Uint8Array>,
  parts: Parts,
): Generator<void, unknown> {
  const reader = new SnapshotReader(chunks);
  const heading = reader.json() as Heading;
  requireSame(heading, catalogue, build);
  for (const place of heading.dimensions) parts.dimensions.intern(place);
  for (const part of inOrder(parts)) yield* part.load(reader);
  reader.end();
  return heading.note;
}

function inOrder({ values, tests, current, keys }: Parts) {
  return [values, tests, current, keys] as const;
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
