import type { JsonObject, JsonValue } from './job.types.js';

const SECRET_NAME =
  /pass(word|phrase)?|secret|token|authorization|cookie|credential|api_?key|private|signature|otp|^code$/i;
const MASK = '•••';

/** A payload as an operator may see it: sealed ones not at all, secrets by name masked, and the queries of URLs left out. */
export function shownPayload(payload: JsonObject, sealed: boolean): JsonObject {
  if (sealed || typeof payload['sealed'] === 'string') return { sealed: true };
  return shownObject(payload);
}

function shownObject(object: JsonObject): JsonObject {
  const shown = Object.entries(object).map(([name, value]) => [
    name,
    SECRET_NAME.test(name) && value !== null ? MASK : shownValue(value),
  ]);
  return Object.fromEntries(shown) as JsonObject;
}

function shownValue(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value === 'string') return value.replace(/(https?:\/\/[^\s?#"]+)[?#][^\s"]*/g, `$1?${MASK}`);
  if (Array.isArray(value)) return value.map((item) => shownValue(item) ?? null);
  if (value && typeof value === 'object') return shownObject(value);
  return value;
}
