import { Logger } from '@nestjs/common';
import type { z } from 'zod';
import { type Answer, type SocketProblem, socketProblem } from '#contract/realtime/index.js';
import { FilterRefused } from '#platform/filters/index.js';
import { translate } from '#platform/http/index.js';

const log = new Logger('realtime');
/** Longer texts of what was sent are not repeated. */
const MAX_DETAIL = 300;

/** Carries out a command and says what became of it. Whatever is thrown becomes a problem; faults of ours say nothing. */
export async function answer<B extends z.ZodType, T extends object>(
  schema: B,
  body: unknown,
  work: (body: z.infer<B>) => Promise<T>,
): Promise<Answer<T>> {
  try {
    const read = schema.safeParse(body);
    if (!read.success) return { ok: false, problem: invalid(read.error) };
    return { ok: true, ...(await work(read.data)) };
  } catch (error) {
    return { ok: false, problem: problemFor(error) };
  }
}

/** What a client is told of anything that was thrown. */
export function problemFor(error: unknown): SocketProblem {
  const { code, detail, ours, members } = translate(error);
  if (ours) log.error(error, 'A socket was not served');
  const more = error instanceof FilterRefused ? socketProblem.partial().safeParse(members).data : {};
  return { ...more, code, detail };
}

function invalid({ issues }: z.ZodError): SocketProblem {
  const [first] = issues;
  const at = first?.path.length ? first.path.map(String).join('.') : 'the body';
  return { code: 'validation_failed', detail: `${at}: ${first?.message ?? 'is not valid'}.`.slice(0, MAX_DETAIL) };
}
