import { computed, signal } from '@angular/core';
import { Problem, problemOf } from '../api';

/** A page of a list, as the API gives it. */
export interface PageOf<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/**
 * A list that is read page by page. An answer that is overtaken by a newer question is dropped.
 */
export class Paged<T extends { readonly id: string }> {
  private readonly rows = signal<readonly T[]>([]);
  private readonly next = signal<string | null | undefined>(undefined);
  private readonly asked = signal(false);
  private readonly failed = signal<Problem | undefined>(undefined);
  private round = 0;

  readonly items = this.rows.asReadonly();
  readonly loading = this.asked.asReadonly();
  readonly problem = this.failed.asReadonly();
  /** Why the filter cannot be read: that is told beside it, and the list stays. */
  readonly wrongFilter = computed(() => (this.failed()?.status === 400 ? this.failed() : undefined));
  /** True until the first page came. */
  readonly first = computed(() => this.next() === undefined && this.failed() === undefined);
  readonly empty = computed(() => this.next() === null && this.rows().length === 0);
  readonly hasMore = computed(() => typeof this.next() === 'string');

  /** @param read asks for the page after a cursor; undefined for the first @throws Problem */
  constructor(private readonly read: (cursor: string | undefined) => Promise<PageOf<T>>) {}

  /** From the beginning. @param keep leaves what is shown until the new rows are there */
  async reload({ keep = true } = {}): Promise<void> {
    if (!keep) {
      this.rows.set([]);
      this.next.set(undefined);
    }
    await this.ask(undefined);
  }

  /**
   * Reads the first page again and puts it in the place of what it covers; pages that were read since stay, and so does where one is.
   * What fails is left for the next time.
   */
  async refresh(): Promise<void> {
    const { round } = this;
    if (this.asked() || this.next() === undefined) return;
    const answer = await this.read(undefined).catch(problemOf);
    if (answer instanceof Problem || round !== this.round) return;
    const { items, nextCursor } = answer;
    const fresh = new Set(items.map(({ id }) => id));
    const last = this.rows().findIndex(({ id }) => id === items.at(-1)?.id);
    const below = nextCursor === null || last < 0 ? [] : this.rows().slice(last + 1);
    this.rows.set([...items, ...below.filter(({ id }) => !fresh.has(id))]);
    if (below.length === 0) this.next.set(nextCursor);
    this.failed.set(undefined);
  }

  /** The next page, if there is one. */
  async more(): Promise<void> {
    const cursor = this.next();
    if (typeof cursor === 'string' && !this.asked()) await this.ask(cursor);
  }

  /** Puts a row in its place, or first when it is new. */
  put(row: T): void {
    this.rows.update((rows) =>
      rows.some(({ id }) => id === row.id) ? rows.map((one) => (one.id === row.id ? row : one)) : [row, ...rows],
    );
  }

  /** Puts a row in its place, if it is shown at all. */
  replace(row: T): void {
    this.rows.update((rows) => rows.map((one) => (one.id === row.id ? row : one)));
  }

  /** Takes a row out. @returns what puts it back where it was */
  take(id: string): () => void {
    const before = this.rows();
    const at = before.findIndex((row) => row.id === id);
    const row = before[at];
    this.rows.set(before.filter((one) => one.id !== id));
    return () => {
      if (row && !this.rows().some((one) => one.id === id)) this.rows.update((rows) => rows.toSpliced(at, 0, row));
    };
  }

  private async ask(cursor: string | undefined): Promise<void> {
    const round = ++this.round;
    this.asked.set(true);
    this.failed.set(undefined);
    try {
      const { items, nextCursor } = await this.read(cursor);
      if (round !== this.round) return;
      const known = new Set(this.rows().map(({ id }) => id));
      this.rows.update((rows) => (cursor ? [...rows, ...items.filter(({ id }) => !known.has(id))] : items));
      this.next.set(nextCursor);
    } catch (error) {
      if (round === this.round) this.failed.set(problemOf(error));
    } finally {
      if (round === this.round) this.asked.set(false);
    }
  }
}
