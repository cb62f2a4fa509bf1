import type { RoutePlan } from '../routes/route-plan.js';
import { strict } from '../validation/strict.js';

/** An answer that its endpoint's schema does not describe; found in tests only. */
export class WrongAnswer extends Error {
  /** The fault of an answer, or null. Narrowed answers (`?fields=`) are not checked: their members are. */
  static find(plan: RoutePlan, status: number, payload: unknown): WrongAnswer | null {
    const { response, produces } = plan.endpoint;
    if (status >= 300 || produces || plan.fields) return null;
    const text = Buffer.isBuffer(payload) ? payload.toString('utf8') : payload;
    if (!response)
      return text ? new WrongAnswer(`${plan.name} answers something but declares no response schema.`) : null;
    if (typeof text !== 'string')
      return new WrongAnswer(`${plan.name} declares a response schema and answers no JSON.`);
    const result = strict(response).safeParse(JSON.parse(text));
    return result.success
      ? null
      : new WrongAnswer(`${plan.name} answers what its schema does not describe: ${result.error.message}`);
  }
}
