import { Ints } from './ints.js';
import { jsonChunk, type SnapshotReader } from './snapshot.js';

/** Words before a program's own: its length (-1 once it is removed), whose it is, the owner's next program or 0. */
export const HEADER = 3;
const LENGTH = 0;
const SLOT = 1;
const NEXT = 2;

/** All programs, one behind the other. A program's handle is where it begins, never 0. */
export class ProgramStore {
  readonly words = new Ints(1024);
  /** Words of programs that were removed; they stay until everything is moved together. */
  wasted = 0;
  /** Keeps what is fetched ahead from being left out as unused. */
  private fetched = 0;

  constructor() {
    this.words.push(0);
  }

  add(slot: number, body: ArrayLike<number>, next: number): number {
    const program = this.words.extend(HEADER + body.length);
    const { data } = this.words;
    data[program + LENGTH] = body.length;
    data[program + SLOT] = slot;
    data[program + NEXT] = next;
    data.set(body, program + HEADER);
    return program;
  }

  remove(program: number): void {
    this.wasted += HEADER + this.lengthOf(program);
    this.words.data[program + LENGTH] = -1;
  }

  /** Lets the processor fetch these programs side by side. */
  fetch({ data: programs, length }: Ints): void {
    const { data } = this.words;
    let fetched = 0;
    for (let at = 0; at < length; at += 1) fetched ^= data[programs[at]!]!;
    this.fetched = fetched;
  }

  *save(): Generator<Uint8Array> {
    yield jsonChunk(this.wasted);
    yield* this.words.save();
  }

  *load(reader: SnapshotReader): Generator<void, void> {
    this.wasted = reader.json() as number;
    yield* this.words.load(reader);
  }

  lengthOf(program: number): number {
    return this.words.data[program + LENGTH]!;
  }

  slotOf(program: number): number {
    return this.words.data[program + SLOT]!;
  }

  nextOf(program: number): number {
    return this.words.data[program + NEXT]!;
  }
}
