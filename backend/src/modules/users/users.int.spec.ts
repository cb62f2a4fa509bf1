import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { factory } from '#test/factories.js';
import { startApplication, type TestApplication } from '#test/application.js';
import { UsersModule } from './index.js';

describe('the users room', () => {
  let spec: TestApplication;

  beforeAll(async () => {
    spec = await startApplication([UsersModule]);
  });
  afterAll(() => spec.close());

  it('knows a person by the token of a factory', async () => {
    const make = factory(spec.app);
    const team = await make.workspace('Acme').create();
    const me = await spec.request('GET', '/api/v1/me', { headers: team.owner.headers });
    expect(me.statusCode).toBe(200);
    expect(me.json()).toMatchObject({ id: team.owner.id, email: team.owner.email });
  });
});
