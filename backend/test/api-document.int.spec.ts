import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { checkApiDocument } from './api-document.js';
import { clientDocument } from './client-document.js';
import { walkApi } from './routes.js';
import { wholeApplication, type WholeApplication } from './whole-application.js';

jest.setTimeout(60_000);

describe('the API of the whole application', () => {
  let whole: WholeApplication;
  beforeAll(async () => {
    whole = await wholeApplication();
  });
  afterAll(() => whole.close());

  it('is documented completely: summaries, schemas, refusals and examples that fit', () => {
    expect(checkApiDocument(whole.document as never)).toEqual([]);
  });

  it('has a document entry for every route', () => {
    const paths = whole.document.paths as Record<string, object>;
    const missing = walkApi(whole.app).filter(({ method, path }) => {
      const entry = paths[path.replace(/:(\w+)/g, '{$1}')] as Record<string, unknown> | undefined;
      return entry?.[method.toLowerCase()] === undefined;
    });
    expect(missing.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  it('is the one that the client of the console is made from (npm run api:document writes it anew)', () => {
    const file = join(import.meta.dirname, '../../frontend/api.json');
    const text = clientDocument(whole.document as never);
    if (process.env['SIGNALBOX_WRITE_API'] === '1') writeFileSync(file, text);
    expect(readFileSync(file, 'utf8') === text).toBe(true);
  });
});
