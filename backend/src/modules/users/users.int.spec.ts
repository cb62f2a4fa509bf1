import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { migrateDown, migrateUp, MikroORM, schemaDifferences } from '#platform/database/index.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { createTestDatabase } from '#test/harness.js';
import { UsersModule } from './index.js';

describe('the users room', () => {
  let spec: TestApplication;
  beforeAll(async () => {
    spec = await startApplication([UsersModule]);
  });
  afterAll(() => spec.close());

  it('maps its entities as its migration makes the tables', async () => {
    expect(await schemaDifferences(spec.app.get(MikroORM))).toEqual([]);
  });

  it('describes what each of its routes takes, gives and refuses', async () => {
    const document = (await spec.request('GET', '/api/openapi.json')).json();
    const operation = document.paths['/api/v1/registrations'].post;
    const taken = JSON.stringify(operation.requestBody);
    for (const field of ['email', 'password', 'setupCode', 'timeZone', 'transport'])
      expect(taken).toContain(`"${field}"`);
    expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(['201', '400', '403', '409', '429']));
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining([
        '/api/v1/me',
        '/api/v1/sessions/current/renewal',
        '/api/v1/workspaces/{workspaceId}/api-keys/{keyId}',
      ]),
    );
  });
});

describe('the migration of the users room', () => {
  it('can be reverted and applied again', async () => {
    const database = await createTestDatabase();
    try {
      const reverted = await migrateDown(database.url, 'Access0005');
      expect(reverted).toContain('Users0010');
      expect(await migrateUp(database.url)).toEqual(expect.arrayContaining(['Users0010']));
    } finally {
      await database.drop();
    }
  });
});
