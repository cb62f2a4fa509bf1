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

/** What a class under `@LogReader` offers. */
export interface ReadsLog {
  /**
   * Applies a batch, in order. Everything goes through `em`, whose transaction also moves the cursor: the effects happen
   * exactly once. Erased events are left out. Throwing undoes the batch.
   */
  read(batch: LogEvent[], em: EntityManager): Promise<void>;
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
