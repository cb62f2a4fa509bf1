import 'reflect-metadata';
import { Injectable } from '@nestjs/common';
import type { HandlerOptions, JobRunner, JsonObject } from './job.types.js';

const HANDLER = Symbol('job handler');
const ENQUEUES = Symbol('job kinds enqueued');

/** What `@JobHandler` wrote on a class. */
export interface HandlerDeclaration {
  readonly queue: string;
  readonly name: string;
  readonly options: HandlerOptions;
}

/** `queue.name`, as messages and metrics write it. */
export function kindOf(job: { queue: string; name: string }): string {
  return `${job.queue}.${job.name}`;
}

/** Marks a provider as the one that runs jobs of this queue and name. It is found at boot in whichever module provides it. */
export function JobHandler<P extends object = JsonObject>(
  queue: string,
  name: string,
  options: HandlerOptions<P> = {},
) {
  return (target: new (...args: never[]) => JobRunner<P>): void => {
    Injectable()(target);
    Reflect.defineMetadata(HANDLER, { queue, name, options }, target);
  };
}

/** Says that a provider enqueues these kinds (`mail.send`), so that the boot fails when nobody runs them. */
export function Enqueues(...kinds: string[]) {
  return (target: object): void => Reflect.defineMetadata(ENQUEUES, kinds, target);
}

/** The declaration on a class, if any. */
export function declarationOf(target: object): HandlerDeclaration | undefined {
  return Reflect.getOwnMetadata(HANDLER, target) as HandlerDeclaration | undefined;
}

/** The kinds that a class says it enqueues. */
export function enqueuedBy(target: object): string[] {
  return (Reflect.getOwnMetadata(ENQUEUES, target) as string[] | undefined) ?? [];
}
