import { z } from 'zod';

const partStatus = z.enum(['up', 'degraded', 'down']);

/** Whether the process lives. */
export const liveSchema = z.object({ status: z.literal('ok') });

/** How the parts are. `details` are shown to operators only. */
export const healthSchema = z.object({
  status: z.enum(['ok', 'degraded', 'error']),
  parts: z.record(
    z.string(),
    z.object({
      status: partStatus,
      sentence: z.string().optional(),
      details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
    }),
  ),
});

/** The instance in figures. Latencies are milliseconds, rates from 0 to 1, both over the last five minutes. */
export const summarySchema = z.object({
  version: z.string(),
  uptimeSeconds: z.number().int(),
  requests: z.number().int(),
  latencyMs: z.object({ p50: z.number().nullable(), p99: z.number().nullable() }),
  errorRate: z.number().nullable(),
  cacheHitRate: z.number().nullable(),
  alerts: z.array(z.object({ part: z.string(), sentence: z.string() })),
});

export type Health = z.infer<typeof healthSchema>;
export type Summary = z.infer<typeof summarySchema>;
