import { Injectable } from '@angular/core';

/** What this browser keeps for when there is no network: answers, and commands that wait. */
export type Shelf = 'answers' | 'commands';

/** More answers than this are not kept; the oldest go. */
const ANSWERS = 300;

/** The database of this browser. Everything in it has a `key` and a time `at`, in milliseconds since 1970. */
@Injectable({ providedIn: 'root' })
export class Kept {
  private opening?: Promise<IDBDatabase>;

  /** @throws DOMException where the browser keeps nothing, as in some private windows */
  async read<T>(shelf: Shelf, key: string): Promise<T | undefined> {
    return this.ask<T | undefined>(shelf, 'readonly', (store) => store.get(key));
  }

  /** All of a shelf, oldest first. */
  async all<T>(shelf: Shelf): Promise<T[]> {
    return this.ask<T[]>(shelf, 'readonly', (store) => store.index('at').getAll());
  }

  async put(shelf: Shelf, value: { key: string; at: number }): Promise<void> {
    await this.ask(shelf, 'readwrite', (store) => store.put(value));
    if (shelf === 'answers') await this.prune();
  }

  async remove(shelf: Shelf, key: string): Promise<void> {
    await this.ask(shelf, 'readwrite', (store) => store.delete(key));
  }

  /** Forgets what is not this person's: answers have it before their key, commands in them. */
  async clearBut(person: string): Promise<void> {
    for (const { key } of await this.all<{ key: string }>('answers'))
      if (!key.startsWith(`${person} `)) await this.remove('answers', key);
    for (const { key, person: whose } of await this.all<{ key: string; person: string }>('commands'))
      if (whose !== person) await this.remove('commands', key);
  }

  /** Forgets everything. */
  async clear(): Promise<void> {
    await this.ask('answers', 'readwrite', (store) => store.clear());
    await this.ask('commands', 'readwrite', (store) => store.clear());
  }

  private async prune(): Promise<void> {
    const keys = await this.ask<IDBValidKey[]>('answers', 'readonly', (store) => store.index('at').getAllKeys());
    for (const key of keys.slice(0, Math.max(0, keys.length - ANSWERS))) await this.remove('answers', String(key));
  }

  private async ask<T>(shelf: Shelf, mode: IDBTransactionMode, question: (store: IDBObjectStore) => IDBRequest) {
    const database = await this.open();
    return answer<T>(question(database.transaction(shelf, mode).objectStore(shelf)));
  }

  private open(): Promise<IDBDatabase> {
    return (this.opening ??= (() => {
      const request = indexedDB.open('signalbox', 1);
      request.onupgradeneeded = () => {
        for (const shelf of ['answers', 'commands'] satisfies Shelf[])
          request.result.createObjectStore(shelf, { keyPath: 'key' }).createIndex('at', 'at');
      };
      return answer<IDBDatabase>(request).then((database) => {
        // The server's word to clear this browser closes it from outside.
        database.onclose = () => (this.opening = undefined);
        return database;
      });
    })().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    }));
  }
}

function answer<T>(request: IDBRequest): Promise<T> {
  return new Promise((settle, fail) => {
    request.onsuccess = () => settle(request.result as T);
    request.onerror = () => fail(request.error ?? new Error('This browser keeps nothing.'));
  });
}
