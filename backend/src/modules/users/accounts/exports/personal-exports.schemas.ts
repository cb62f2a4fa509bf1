import { z } from 'zod';
import { listQuery, page } from '#platform/http/index.js';

/** An export of a person's own data. */
export const personalExport = z.object({
  id: z.uuid(),
  state: z.enum(['pending', 'ready', 'failed', 'expired']),
  size: z.int().nullable().describe('Of the archive, in bytes, once it is ready.'),
  requestedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime().nullable().describe('Until when it can be downloaded.'),
});
export type PersonalExport = z.infer<typeof personalExport>;

/** The query of the list. */
export const exportsQuery = listQuery({ sort: ['requestedAt'], defaultSort: '-requestedAt' });

/** A page of exports. */
export const exportsPage = page(personalExport);

/** One export in a path. */
export const exportParams = z.strictObject({ exportId: z.uuid() });
export type ExportParams = z.infer<typeof exportParams>;
