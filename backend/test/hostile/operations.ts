// The operations of the API document, as far as requests are made from them.

/** A JSON Schema or a part of one. */
export type Schema = Record<string, unknown>;

/** A parameter of the query. */
export interface QueryParameter {
  name: string;
  required: boolean;
  schema: Schema;
}

/** One operation with its references resolved. */
export interface Operation {
  /** Such as `deals_list`. */
  id: string;
  method: string;
  /** Such as `/api/v1/workspaces/{workspaceId}/deals`. */
  path: string;
  query: QueryParameter[];
  /** The schema of a JSON body. */
  body?: Schema;
  multipart: boolean;
}

interface Described {
  operationId: string;
  parameters?: (QueryParameter & { in: string })[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

/** Every operation of a document. */
export function operationsOf(document: { paths: object; components?: { schemas?: object } }): Operation[] {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  return Object.entries(document.paths as Record<string, Record<string, Described>>).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId, parameters = [], requestBody }]) => {
      const content = requestBody?.content ?? {};
      const json = content['application/json']?.schema;
      return {
        id: operationId,
        method: method.toUpperCase(),
        path,
        query: parameters
          .filter((parameter) => parameter.in === 'query')
          .map(({ name, required, schema }) => ({ name, required, schema: resolved(schema, schemas) as Schema })),
        ...(json ? { body: resolved(json, schemas) as Schema } : {}),
        multipart: 'multipart/form-data' in content,
      };
    }),
  );
}

/** The schema with what its references name in their place; one within itself ends after a few turns. */
function resolved(value: unknown, schemas: Record<string, Schema>, depth = 0): unknown {
  if (Array.isArray(value)) return value.map((item) => resolved(item, schemas, depth));
  if (typeof value !== 'object' || value === null) return value;
  const reference = (value as Schema)['$ref'];
  if (typeof reference === 'string')
    return depth > 4 ? {} : resolved(schemas[reference.split('/').at(-1) ?? ''] ?? {}, schemas, depth + 1);
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, resolved(child, schemas, depth)]));
}
