import { Controller, Get, StreamableFile } from '@nestjs/common';
import type { Actor, Member } from '#platform/access/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { Endpoint, Input, Who } from '#platform/http/index.js';
import { exportQuery, workspaceParams, type ExportQuery } from '../trail/trail.schemas.js';
import { ExportsService, type TrailExport } from './exports.service.js';

const asked = {
  description:
    'Newest first, as CSV with a header or as lines of JSON (`?format=jsonl`), up to the event that is the last when it begins. The answer is written while it is sent; one that breaks off is not whole. The export itself is recorded: when it begins, and how it ended. Cells that a spreadsheet could take for a formula begin with an apostrophe.',
  query: exportQuery,
  produces: 'text/csv',
  rateClass: 'export',
  getOnly: true,
  errors: [FilterRefused],
} as const;

/** A workspace's trail as a file. */
@Controller('workspaces/:workspaceId/audit-export')
export class AuditExportController {
  constructor(private readonly exports: ExportsService) {}

  @Get()
  @Endpoint({
    permission: 'audit:read',
    summary: 'The trail of the workspace as a file',
    params: workspaceParams,
    ...asked,
    errors: [...asked.errors],
  })
  async begin(@Who() who: Member, @Input.query() query: ExportQuery) {
    return file(await this.exports.begin(who, query));
  }
}

/** The instance's trail as a file. */
@Controller('audit-export')
export class SystemAuditExportController {
  constructor(private readonly exports: ExportsService) {}

  @Get()
  @Endpoint({
    permission: 'instance:operate',
    summary: "The instance's trail as a file",
    ...asked,
    errors: [...asked.errors],
  })
  async begin(@Who() who: Actor, @Input.query() query: ExportQuery) {
    return file(await this.exports.begin(who, query));
  }
}

function file({ bytes, type, filename }: TrailExport): StreamableFile {
  return new StreamableFile(bytes, { type, disposition: `attachment; filename="${filename}"` });
}
