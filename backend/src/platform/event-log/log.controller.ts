import { Controller, Delete, Get, Post } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Conflict, Endpoint, Input, NotFound, Who } from '#platform/http/index.js';
import { LogControl } from './log-control.js';
import {
  logReaderPage,
  logReaderSchema,
  parkedPage,
  parkedPath,
  parkedQuery,
  readerPath,
  rebuildQuery,
  settledSchema,
  type ParkedPath,
  type ParkedQuery,
  type ReaderPath,
  type RebuildQuery,
} from './log.schemas.js';

/** The readers of the event log, for operators. */
@Controller('log-readers')
export class LogReadersController {
  constructor(private readonly control: LogControl) {}

  @Get()
  @Endpoint({ permission: 'instance:operate', summary: 'How far each reader of the log is', response: logReaderPage })
  list() {
    return this.control.readers();
  }

  @Post(':reader/restart')
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Let a stopped reader go on',
    description: 'It goes on behind the events that it parked; those stay parked until they are retried or discarded.',
    status: 200,
    params: readerPath,
    response: logReaderSchema,
    errors: [NotFound],
  })
  restart(@Who() who: Actor, @Input.params() { reader }: ReaderPath) {
    return this.control.restart(who, reader);
  }

  @Post(':reader/rebuild')
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Have a reader build what it keeps anew',
    description:
      'Empties what the reader has built and lets it read the log from its oldest event. Readers whose effects leave the instance, such as mails, cannot be rebuilt.',
    status: 200,
    params: readerPath,
    query: rebuildQuery,
    response: logReaderSchema,
    errors: [NotFound, Conflict],
  })
  rebuild(@Who() who: Actor, @Input.params() { reader }: ReaderPath, @Input.query() query: RebuildQuery) {
    return this.control.rebuild(who, reader, query);
  }
}

/** Events that a reader could not read, for operators. */
@Controller('parked-events')
export class ParkedEventsController {
  constructor(private readonly control: LogControl) {}

  @Get()
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Events that a reader could not read',
    description: 'Their data is not shown: operators see the health of workspaces, not their contents.',
    query: parkedQuery,
    response: parkedPage,
    errors: [FilterRefused],
  })
  list(@Who() who: Actor, @Input.query() query: ParkedQuery) {
    return this.control.parked(who, query);
  }

  @Post(':reader/:position/retry')
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Have a parked event read again',
    description: 'When that works, the events held behind it are read too, in order, until one fails.',
    status: 200,
    params: parkedPath,
    response: settledSchema,
    errors: [NotFound, Conflict],
  })
  retry(@Who() who: Actor, @Input.params() path: ParkedPath) {
    return this.control.retry(who, path);
  }

  @Delete(':reader/:position')
  @Endpoint({
    permission: 'instance:operate',
    summary: 'Give a parked event up',
    description: 'It stays listed as discarded. The events held behind it are read, in order, until one fails.',
    params: parkedPath,
    response: settledSchema,
    errors: [NotFound, Conflict],
  })
  discard(@Who() who: Actor, @Input.params() path: ParkedPath) {
    return this.control.discard(who, path);
  }
}
