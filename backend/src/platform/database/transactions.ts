import { AsyncResource } from 'node:async_hooks';
import { Injectable } from '@nestjs/common';
import { retryable } from './faults.js';
import { EntityManager, MikroORM } from './orm.js';

type Hook = (em: EntityManager) => Promise<void> | void;

interface Hooks {
  before: Map<object, Hook>;
  after: Map<object, () => void>;
}

const open = new WeakMap<EntityManager, Hooks>();
// What a wake-up starts is nobody's request any more: it must not go on under the caller's asynchronous context.
const outside = new AsyncResource('after-commit');

/** Isolation and retries of one transaction. */
export interface TransactionOptions {
  /** How often a deadlock, a serialization failure or a lost connection is tried again; 2 when absent. */
  retries?: number;
}

/** The one way to change state: everything a use case does, events and jobs included, commits together or not at all. */
@Injectable()
export class Transactions {
  constructor(private readonly orm: MikroORM) {}

  /**
   * Runs `work` in a new transaction on a fresh entity manager and commits. A deadlock or serialization failure repeats
   * the whole of `work`, so it must keep no state outside its entity manager.
   *
   * @returns what `work` returns, after the commit
   */
  async run<T>(work: (em: EntityManager) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    for (let left = options.retries ?? 2; ; left--) {
      try {
        return await this.once(work);
      } catch (error) {
        if (left <= 0 || !retryable(error)) throw error;
      }
    }
  }

  /** A fresh entity manager without a transaction, for reads. */
  reader(): EntityManager {
    return this.orm.em.fork();
  }

  private async once<T>(work: (em: EntityManager) => Promise<T>): Promise<T> {
    const hooks: Hooks = { before: new Map(), after: new Map() };
    const result = await this.orm.em.fork().transactional(async (em) => {
      open.set(em, hooks);
      try {
        const value = await work(em);
        await em.flush();
        for (const hook of hooks.before.values()) await hook(em);
        return value;
      } finally {
        open.delete(em);
      }
    });
    outside.runInAsyncScope(() => {
      for (const hook of hooks.after.values()) hook();
    });
    return result;
  }
}

/**
 * Registers work for the end of the entity manager's transaction, once per key: after the last flush and before the
 * commit.
 *
 * @throws Error when the entity manager is not in a transaction of `Transactions`
 */
export function beforeCommit(em: EntityManager, key: object, hook: Hook): void {
  hooksOf(em).before.set(key, hook);
}

/** Registers a wake-up for after the commit, once per key. It must not throw and nothing may depend on it alone. */
export function afterCommit(em: EntityManager, key: object, hook: () => void): void {
  hooksOf(em).after.set(key, hook);
}

function hooksOf(em: EntityManager): Hooks {
  const hooks = open.get(em);
  if (!hooks)
    throw new Error('This needs a transaction: call it inside Transactions.run() with the entity manager it gives.');
  return hooks;
}
