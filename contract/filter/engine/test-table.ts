import type { Predicate, Test } from '../bound.js';
import type { FieldCatalogue } from '../fields.js';
import type { Matcher } from '../leaves.js';
import { compileNode } from '../match.js';
import type { Asked } from './asked.js';
import { grown, Ints } from './ints.js';
import { listChunks, type SnapshotReader } from './snapshot.js';

const NOWHERE = { start: 0, end: 0 };
/** What is remembered of a test in the two low bits, the event's number above them. */
const NO = 0;
const YES = 1;
const FAILED = 2;

/** What a test asks, as it stands in a snapshot and names the test in the table. */
export interface StoredTest {
  readonly field?: string;
  readonly was: boolean;
  readonly predicate: Predicate;
}

/** A test as a row of a snapshot: its number, how often programs name it, what it asks. */
type StoredEntry = readonly [number: number, references: number, key: string];

/**
 * The predicates that are neither values nor fixed limits (moving dates, `changed:`, presence, text within text), each
 * compiled once for all filters that share it and answered at most once an event.
 */
export class TestTable {
  readonly references = new Ints();
  private readonly matchers: (Matcher | undefined)[] = [];
  private readonly keys: string[] = [];
  private readonly byKey = new Map<string, number>();
  private readonly free: number[] = [];
  private fresh: number[] = [];
  private answers = new Int32Array(64);

  constructor(private readonly catalogue: FieldCatalogue) {}

  /** The number of a predicate, without the negation of its test. @throws when it cannot be asked of the field */
  intern(test: Test, predicate: Predicate): number {
    const stored: StoredTest = { ...(test.field && { field: test.field.name }), was: test.was, predicate };
    const key = JSON.stringify(stored);
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const matcher = this.compile(stored);
    const number = this.free.pop() ?? this.references.push(0);
    this.put(number, key, matcher);
    this.fresh.push(number);
    return number;
  }

  /** Forgets a test that no program names. */
  release(number: number): void {
    if (this.matchers[number] === undefined || this.references.data[number] !== 0) return;
    this.byKey.delete(this.keys[number]!);
    this.keys[number] = '';
    this.matchers[number] = undefined;
    this.free.push(number);
  }

  /** Forgets what was numbered since the last call and no program names after all. */
  settle(): void {
    for (const number of this.fresh) this.release(number);
    this.fresh = [];
  }

  /**
   * Whether the predicate's answer is `wanted`. A predicate that cannot be answered, because the moment or a zone is none,
   * is neither true nor false.
   */
  is(wanted: boolean, number: number, asked: Asked): boolean {
    const remembered = this.answers[number]!;
    const answer = remembered >>> 2 === asked.epoch ? remembered & 3 : this.ask(number, asked);
    return answer === (wanted ? YES : NO);
  }

  forget(): void {
    this.answers.fill(0);
  }

  save(): Generator<Uint8Array> {
    return listChunks([...this.byKey].map(([key, number]) => [number, this.references.data[number]!, key]));
  }

  *load(reader: SnapshotReader): Generator<void, void> {
    yield* reader.list((entry) => this.restore(entry as StoredEntry));
    for (let number = 0; number < this.references.length; number += 1) {
      if (!this.matchers[number]) this.free.push(number);
    }
  }

  private restore([number, references, key]: StoredEntry): void {
    if (number >= this.references.length) this.references.extend(number + 1 - this.references.length);
    this.references.data[number] = references;
    this.put(number, key, this.compile(JSON.parse(key) as StoredTest));
  }

  private put(number: number, key: string, matcher: Matcher): void {
    this.keys[number] = key;
    this.matchers[number] = matcher;
    this.byKey.set(key, number);
    if (number >= this.answers.length) this.answers = grown(this.answers, number + 1);
    // A number that was another test's must not answer with what that one remembers.
    this.answers[number] = 0;
  }

  private compile({ field: name, was, predicate }: StoredTest): Matcher {
    const field = name === undefined ? undefined : this.catalogue.find(name);
    return compileNode(
      { kind: 'test', negated: false, was, ...(field && { field }), any: [predicate], span: NOWHERE },
      this.catalogue,
    );
  }

  private ask(number: number, asked: Asked): number {
    let answer = FAILED;
    try {
      answer = this.matchers[number]!(asked.subject, asked.moment) ? YES : NO;
    } catch {
      answer = FAILED;
    }
    this.answers[number] = (asked.epoch << 2) | answer;
    return answer;
  }
}
