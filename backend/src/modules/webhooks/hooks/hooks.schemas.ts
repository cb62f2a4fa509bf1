import { z } from 'zod';
import { endpoint, workspacePath } from '../endpoints/endpoints.schemas.js';

/** The path of a REST hook: the endpoint that it made. */
export const hookPath = workspacePath.extend({ hookId: z.uuid() });
export type HookPath = z.infer<typeof hookPath>;

const url = z.string().trim().min(1).max(2000);

/** A subscription of another product, in the words of Zapier (`hookUrl`), Make (`url`) or plain (`targetUrl`). */
export const newHook = z
  .strictObject({
    hookUrl: url.optional(),
    targetUrl: url.optional(),
    url: url.optional(),
    event: z.string().max(100).describe('The type of event, such as deal.found.'),
    filter: z.string().max(200_000).default(''),
    makeApiKey: z.string().max(1000).optional().describe('Sent as `x-make-apikey`, where a hook of Make asks for one.'),
  })
  .refine((hook) => [hook.hookUrl, hook.targetUrl, hook.url].filter((one) => one !== undefined).length === 1, {
    error: 'must name the address once, as hookUrl, targetUrl or url',
    path: ['hookUrl'],
  });
export type NewHook = z.infer<typeof newHook>;

/** A REST hook. */
export const hook = endpoint;

/** Which samples. */
export const sampleQuery = z.strictObject({ event: z.string().max(100) });
export type SampleQuery = z.infer<typeof sampleQuery>;

/** Bodies as a hook would be sent them; Zapier wants the list bare. */
export const samples = z.array(z.object({ type: z.string(), timestamp: z.iso.datetime(), data: z.looseObject({}) }));
export type Samples = z.infer<typeof samples>;
