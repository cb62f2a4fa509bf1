import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { z } from 'zod';
import type { Route, RouteTable } from '../routes/route-table.js';
import { exampleOf } from './examples.js';
import { jsonSchemaOf, type JsonSchema } from './json-schema.js';
import { problemResponses, problemSchema } from './problem-responses.js';

const JSON_TYPE = 'application/json';
const DESCRIPTION = `Ids are uuid v7, times RFC 3339 in UTC, money is integer minor units plus ISO 4217.
Refusals are problem documents (RFC 9457) with a stable \`code\` and the \`requestId\`. Lists take \`limit\`, \`cursor\`,
\`sort\`, and where they say so \`filter\` and \`fields\`. A POST with an \`Idempotency-Key\` is carried out once.`;

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: JsonSchema;
}

interface Content {
  [type: string]: { schema?: JsonSchema; example?: unknown };
}

interface Operation {
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, { description: string; content?: Content; headers?: object }>;
  [member: string]: unknown;
}

/** The whole API as OpenAPI 3.1: what Nest finds at the controllers, completed by what each route's plan says. */
export function apiDocument(app: NestFastifyApplication, routes: RouteTable): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Signalbox')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An access token, or an API key.' }, 'bearer')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => `${lowerFirst(controller.replace(/Controller$/, ''))}_${method}`,
    standardSchemaConverter: (schema, { schemaType }) => jsonSchemaOf(schema as z.ZodType, schemaType) as never,
  });
  const components = ((document.components ??= {}).schemas ??= {}) as Record<string, JsonSchema>;
  components['Problem'] = problemSchema();
  for (const route of routes.all()) {
    const path = document.paths[route.path.replace(/:(\w+)/g, '{$1}')] as Record<string, Operation> | undefined;
    const operation = path?.[route.method.toLowerCase()];
    if (operation) complete(operation, route, components);
  }
  return document;
}

function complete(operation: Operation, { method, plan }: Route, components: Record<string, JsonSchema>): void {
  const { endpoint, demand, unbound } = plan;
  operation['security'] = demand.kind === 'public' ? [] : [{ bearer: [] }];
  operation['x-permission'] = endpoint.permission;
  operation.parameters = [
    ...(operation.parameters ?? []),
    ...(unbound.params ? parametersOf('path', endpoint.params, components) : []),
    ...(unbound.query ? parametersOf('query', endpoint.query, components) : []),
    ...headersOf(method, plan),
  ];
  const status = String(endpoint.status ?? (method === 'POST' ? 201 : 200));
  const { default: unsaid, ...said } = operation.responses;
  const success: Operation['responses'][string] = { ...(said[status] ?? unsaid), description: 'Success' };
  operation.responses = { [status]: success };
  if (endpoint.etag && method === 'GET')
    operation.responses['304'] = { description: 'Not modified since the ETag in If-None-Match' };
  if (endpoint.produces)
    success.content = { [endpoint.produces]: { schema: { type: 'string' }, example: endpoint.example ?? '' } };
  else exemplify(success.content, endpoint.example, components);
  describeBody(operation, plan, components);
  Object.assign(operation.responses, problemResponses(method, plan));
}

function describeBody(operation: Operation, { endpoint }: Route['plan'], components: Record<string, JsonSchema>): void {
  if (!endpoint.body) return;
  if (!operation.requestBody || endpoint.multipart) {
    const { schema, components: named } = jsonSchemaOf(endpoint.body, 'input');
    Object.assign(components, named);
    operation.requestBody = {
      required: true,
      content: { [endpoint.multipart ? 'multipart/form-data' : JSON_TYPE]: { schema } },
    };
  }
  exemplify(operation.requestBody.content, endpoint.bodyExample, components);
}

function exemplify(content: Content | undefined, given: unknown, components: Record<string, JsonSchema>): void {
  for (const media of Object.values(content ?? {}))
    media.example ??= given ?? exampleOf(media.schema ?? {}, components);
}

function parametersOf(
  place: 'path' | 'query',
  schema: z.ZodObject | undefined,
  components: Record<string, JsonSchema>,
): Parameter[] {
  if (!schema) return [];
  const { schema: object, components: named } = jsonSchemaOf(schema, 'input');
  Object.assign(components, named);
  const required = (object['required'] ?? []) as string[];
  return Object.entries((object['properties'] ?? {}) as Record<string, JsonSchema>).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(typeof property['description'] === 'string' ? { description: property['description'] } : {}),
    schema: property,
  }));
}

function headersOf(method: string, { endpoint, demand }: Route['plan']): Parameter[] {
  const header = (name: string, description: string): Parameter => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  });
  const headers: Parameter[] = [];
  if (method === 'POST' && demand.kind !== 'public' && endpoint.idempotent !== false && !endpoint.multipart)
    headers.push(
      header(
        'Idempotency-Key',
        'Any text that is new for each request: a repetition is answered, not carried out again.',
      ),
    );
  if (endpoint.cookieAuthority)
    headers.push(
      header(
        'X-CSRF-Token',
        'Needed when the token is in the cookie: the `csrfToken` of the sign-in or of the last renewal, which is also the ' +
          'value of the cookie `signalbox-csrf` (over https `__Host-signalbox-csrf`).',
      ),
    );
  if (endpoint.errors?.some((error) => error.status === 412))
    headers.push(header('If-Match', 'The ETag that the change is based on.'));
  if (endpoint.etag && method === 'GET')
    headers.push(header('If-None-Match', 'The ETag of what the caller has already.'));
  return headers;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
