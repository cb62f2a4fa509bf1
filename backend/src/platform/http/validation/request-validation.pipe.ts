import { type ArgumentMetadata, Injectable, StandardSchemaValidationPipe } from '@nestjs/common';
import type { z } from 'zod';
import type { FieldError } from '#platform/errors/index.js';
import { invalid, pointerPart } from './hostile.js';

type Issues = readonly { message: string; path?: readonly (PropertyKey | { key: PropertyKey })[] }[];

const PARTS: Record<string, string> = { body: '/body', query: '/query', param: '/params' };
const MAX_ERRORS = 100;

/**
 * Nest's Standard Schema validation, answering with every failing field as a JSON pointer. Hostile keys are refused before
 * (see `hostile.ts`), so nothing is stripped here.
 */
@Injectable()
export class RequestValidationPipe extends StandardSchemaValidationPipe {
  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    if (!metadata.schema || !this.toValidate(metadata)) return value;
    const result = await this.validate<T>(value, metadata.schema);
    if (result.issues) throw invalid(fieldErrors(result.issues, PARTS[metadata.type] ?? ''));
    return result.value;
  }
}

/**
 * Checks a part that no parameter of the handler takes.
 *
 * @param schema null when the endpoint takes no such part at all
 * @throws ValidationFailed with every failing field
 */
export function checkPart(value: unknown, schema: z.ZodType | null, at: string): void {
  if (schema) {
    const result = schema.safeParse(value);
    if (!result.success) throw invalid(fieldErrors(result.error.issues, at));
    return;
  }
  if (value === undefined || value === null) return;
  if (typeof value !== 'object') throw invalid([{ path: at, message: 'is not taken by this endpoint' }]);
  const unknown = Object.keys(value);
  if (unknown.length > 0)
    throw invalid(
      unknown
        .slice(0, MAX_ERRORS)
        .map((key) => ({ path: `${at}/${pointerPart(key)}`, message: 'is not a field of this endpoint' })),
    );
}

/** Issues of a schema as pointers and sentences; an unknown field is named itself rather than its parent. */
function fieldErrors(issues: Issues, at: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const issue of issues.slice(0, MAX_ERRORS)) {
    const path =
      at +
      (issue.path ?? []).map((part) => `/${pointerPart(String(typeof part === 'object' ? part.key : part))}`).join('');
    const keys = 'keys' in issue && Array.isArray(issue.keys) ? (issue.keys as string[]) : [];
    if (keys.length > 0)
      for (const key of keys.slice(0, MAX_ERRORS))
        errors.push({ path: `${path}/${pointerPart(key)}`, message: 'is not a field of this endpoint' });
    else errors.push({ path, message: issue.message });
  }
  return errors;
}
