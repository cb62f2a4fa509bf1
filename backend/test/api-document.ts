// What an OpenAPI document must say of every operation. Used by the spec of the generator and by that of the whole API.
import { Ajv2020 } from 'ajv/dist/2020.js';

interface Media {
  schema?: object;
  example?: unknown;
  examples?: Record<string, { value: unknown }>;
}

interface Operation {
  operationId?: string;
  summary?: string;
  security?: unknown[];
  parameters?: { name: string; in: string; schema?: object }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { description?: string; content?: Record<string, Media> }>;
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: object;
}

/** Every omission of the document as a line: `GET /path: what is missing`. Empty when it is complete. */
export function checkApiDocument(document: Document): string[] {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ $id: 'api', components: document.components });
  const validator = (schema: object) =>
    ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/')) as object);
  const faults: string[] = [];
  const ids = new Set<string>();
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const say = (fault: string) => faults.push(`${method.toUpperCase()} ${path}: ${fault}`);
      if (!operation.summary?.trim()) say('no summary');
      if (!operation.operationId || ids.has(operation.operationId))
        say(`operation id ${operation.operationId} is missing or repeated`);
      ids.add(operation.operationId ?? '');
      if (!operation.security) say('does not say who may');
      for (const [, name] of path.matchAll(/\{(\w+)\}/g))
        if (!operation.parameters?.some((p) => p.in === 'path' && p.name === name))
          say(`the parameter ${name} is not described`);
      for (const parameter of operation.parameters ?? [])
        if (!parameter.schema) say(`the parameter ${parameter.name} has no schema`);
      for (const [type, media] of Object.entries(operation.requestBody?.content ?? {}))
        checkMedia(media, `the body (${type})`, validator, say);
      checkResponses(operation, validator, say);
    }
  }
  return faults;
}

type Validator = (schema: object) => { (value: unknown): unknown; errors?: unknown };

function checkResponses(operation: Operation, validator: Validator, say: (fault: string) => void): void {
  const statuses = Object.keys(operation.responses);
  if (!statuses.some((status) => status.startsWith('2'))) say('no answer of success');
  if (!statuses.some((status) => status.startsWith('4'))) say('no refusals');
  for (const [status, response] of Object.entries(operation.responses)) {
    if (!response.description) say(`the answer ${status} is not described`);
    if (Number(status) >= 400 && !response.content?.['application/problem+json'])
      say(`the refusal ${status} is no problem document`);
    if (['200', '201'].includes(status) && !response.content) say(`the answer ${status} has no schema`);
    for (const [type, media] of Object.entries(response.content ?? {}))
      checkMedia(media, `the answer ${status} (${type})`, validator, say);
  }
}

function checkMedia(media: Media, what: string, validator: Validator, say: (fault: string) => void): void {
  if (!media.schema) return say(`${what} has no schema`);
  const examples = media.examples ? Object.values(media.examples).map(({ value }) => value) : [media.example];
  if (examples.length === 0 || examples[0] === undefined) return say(`${what} has no example`);
  const validate = validator(media.schema);
  for (const example of examples)
    if (!validate(example))
      say(`the example of ${what} is not what its schema says: ${JSON.stringify(validate.errors).slice(0, 300)}`);
}
