import { applyDecorators, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { EventType } from '#contract/events/index.js';
import type { EntityManager } from '#platform/database/index.js';
import type { LogEvent } from './types.js';

/** What a reader wants of the log. */
export interface LogReaderOptions {
  /** Its name in the cursor table: never change it, or the reader starts anew. */
  name: string;
  /** The types it reads; all when absent. */
  types?: readonly EventType[];
  /** Where it begins the first time: the oldest event kept, or what comes after now. `start` when absent. */
  from?: 'start' | 'head';
  /** Events of one batch at most; 500 when absent. */
  batch?: number;
}

/** Where a reader stopped within a batch of which one transaction would be too large. */
export interface ReadTo {
  /** The first event that is not wholly read. */
  readonly event: LogEvent;
  /** Where to go on within it, as the reader likes to call it; absent when nothing of it was read. */
  readonly next?: string | undefined;
}

/** What a class under `@LogReader` offers. */
export interface ReadsLog {
  /**
   * Applies a batch, in order. Everything goes through `em`, whose transaction also moves the cursor: the effects happen
   * exactly once. Erased events are left out. Throwing undoes the batch.
   *
   * @param next where to go on within the first event, as this reader said; a parked event is read from its beginning, so
   *   that a reader of parts must pass over what it has done
   * @returns where it stopped; nothing when the whole batch was read
   */
  read(batch: LogEvent[], em: EntityManager, next?: string): Promise<ReadTo | undefined | void>;
  /** Makes ready what it reads with, when the process starts: the first event shall not wait. It must do without as well. */
  prepare?(em: EntityManager): Promise<void>;
  /** Empties what the reader has built, so that it can be built again from the log. Only readers that have it can be. */
  reset?(em: EntityManager): Promise<void>;
}

/** The metadata under which readers are discovered. */
export const LogReaderMetadata = DiscoveryService.createDecorator<LogReaderOptions>();

/** Makes a provider a reader of the event log; list it in the `providers` of its room's module. */
export function LogReader(options: LogReaderOptions): (target: new (...args: never[]) => ReadsLog) => void {
  const decorate = applyDecorators(Injectable(), LogReaderMetadata(options));
  return (target) => decorate(target);
}
