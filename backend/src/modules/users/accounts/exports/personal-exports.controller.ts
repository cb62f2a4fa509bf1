import { Controller, Delete, Get, Header, Post, StreamableFile } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Endpoint, Input, type ListQuery, Who } from '#platform/http/index.js';
import { requirePerson } from '../person.js';
import { ReauthenticationRequired } from '../reauthentications/reauthentications.errors.js';
import { ExportNotFound, ExportNotReady, TooManyExports } from './personal-exports.errors.js';
import {
  type ExportParams,
  exportParams,
  exportsPage,
  exportsQuery,
  personalExport,
} from './personal-exports.schemas.js';
import { PersonalExportsService } from './personal-exports.service.js';

/** What the instance holds of a person, for that person. */
@Controller('me/exports')
export class PersonalExportsController {
  constructor(private readonly service: PersonalExportsService) {}

  @Get()
  @Endpoint({ permission: 'self', summary: 'Exports of your data', query: exportsQuery, response: exportsPage })
  list(@Who() who: Actor, @Input.query() query: ListQuery) {
    return this.service.list(requirePerson(who), query);
  }

  @Post()
  @Endpoint({
    permission: 'self',
    summary: 'Ask for an export of your data',
    description:
      'A ZIP of JSON files with everything about you: account, sessions, memberships, keys (without the keys), subscriptions, ' +
      'deliveries, uploads, and what the log tells of you. A mail says when it can be downloaded. While one is being made, ' +
      'that one is the answer.',
    status: 202,
    response: personalExport,
    errors: [ReauthenticationRequired, TooManyExports],
    rateClass: 'export',
  })
  ask(@Who() who: Actor) {
    return this.service.ask(requirePerson(who));
  }

  @Get(':exportId')
  @Endpoint({
    permission: 'self',
    summary: 'One export of your data',
    params: exportParams,
    response: personalExport,
    errors: [ExportNotFound],
  })
  one(@Who() who: Actor, @Input.params() { exportId }: ExportParams) {
    return this.service.one(requirePerson(who), exportId);
  }

  @Get(':exportId/archive')
  @Header('Content-Disposition', 'attachment; filename="signalbox-my-data.zip"')
  @Header('Cache-Control', 'no-store')
  @Endpoint({
    permission: 'self',
    summary: 'Download an export of your data',
    description: 'Needs a proof that is minutes old that it is you, as changes of what guards the account do.',
    params: exportParams,
    produces: 'application/zip',
    errors: [ReauthenticationRequired, ExportNotFound, ExportNotReady],
    rateClass: 'export',
    getOnly: true,
  })
  async archive(@Who() who: Actor, @Input.params() { exportId }: ExportParams) {
    const { bytes, size } = await this.service.archive(requirePerson(who), exportId);
    return new StreamableFile(bytes, { type: 'application/zip', length: size });
  }

  @Delete(':exportId')
  @Endpoint({
    permission: 'self',
    summary: 'Remove an export of your data before its time',
    status: 204,
    params: exportParams,
    errors: [ExportNotFound],
  })
  remove(@Who() who: Actor, @Input.params() { exportId }: ExportParams) {
    return this.service.remove(requirePerson(who), exportId);
  }
}
