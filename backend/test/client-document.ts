// What the console's client is generated from: the API document without what a client has no use for.

interface Operation {
  responses: Record<string, unknown>;
  security?: unknown;
}

interface Document {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
  components: object;
}

/** The answers of success of every operation, without examples, as JSON text of a fixed form. */
export function clientDocument({ openapi, info, paths, components }: Document): string {
  const slim = {
    openapi,
    info: { title: info.title, version: 'v1' },
    paths: Object.fromEntries(
      Object.entries(paths)
        .filter(([path]) => path.startsWith('/api/v1/'))
        .map(([path, operations]) => [
          path,
          Object.fromEntries(Object.entries(operations).map(([method, operation]) => [method, ofSuccess(operation)])),
        ]),
    ),
    components: withoutExamples(components),
  };
  return `${JSON.stringify(slim, null, 1)}\n`;
}

function ofSuccess({ security: _, responses, ...operation }: Operation): object {
  const good = Object.fromEntries(Object.entries(responses).filter(([status]) => status.startsWith('2')));
  return withoutExamples({ ...operation, responses: good }) as object;
}

/** @param names whether the keys are names that a schema gives to its properties, which may be called anything */
function withoutExamples(value: unknown, names = false): unknown {
  if (Array.isArray(value)) return value.map((one) => withoutExamples(one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => names || !(key === 'examples' || (key === 'example' && inner !== undefined)))
      .map(([key, inner]) => [key, withoutExamples(inner, !names && key === 'properties')]),
  );
}
