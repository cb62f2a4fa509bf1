import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { MikroORM, schemaDifferences } from '#platform/database/index.js';
import { createHttpApp } from '#platform/http/index.js';
import { AppModule } from '../src/app.module.js';
import { testInstance, type TestInstance } from './harness.js';

let instance: TestInstance;
let app: NestFastifyApplication;

beforeAll(async () => {
  instance = await testInstance();
  app = await createHttpApp(AppModule.forRoot({ ...instance.env }), { env: { ...instance.env }, checkAnswers: true });
  await app.listen(0, '127.0.0.1');
});

afterAll(async () => {
  await app.close();
  await instance.dispose();
});

const get = async (url: string, headers: Record<string, string> = {}) => {
  const response = await app.inject({ method: 'GET', url, headers });
  return { status: response.statusCode, headers: response.headers, body: response.body, json: () => response.json() };
};

describe('the whole application', () => {
  it('lives, is ready, and says how its parts are', async () => {
    expect(await get('/health/live')).toMatchObject({ status: 200, body: '{"status":"ok"}' });
    const ready = await get('/health/ready');
    expect([ready.status, ready.json()]).toEqual([
      200,
      { status: 'ok', parts: { database: { status: 'up' }, migrations: { status: 'up' } } },
    ]);
    const all = (await get('/health')).json();
    const parts = ['database', 'disk', 'event-log', 'incoming-mail', 'keys', 'mail', 'migrations', 'redis'];
    expect(Object.keys(all.parts).sort()).toEqual(parts);
    expect(all.status).toBe('ok');
  });

  it('tells its version, latency, error rate and alerts', async () => {
    const { status, json } = await get('/api/v1/health');
    expect(status).toBe(200);
    expect(json()).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/), errorRate: 0, alerts: [] });
    expect(json().requests).toBeGreaterThan(0);
  });

  it('has entities and migrations that agree', async () => {
    expect(await schemaDifferences(app.get(MikroORM))).toEqual([]);
  });

  it('gives its metrics to the machine itself', async () => {
    const { status, body } = await get('/metrics');
    expect(status).toBe(200);
    expect(body).toContain('http_server_request_duration_seconds_count');
    expect(body).toContain('process_cpu_seconds_total');
  });
});
