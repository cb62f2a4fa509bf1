import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { z } from 'zod';
import { AccessModule } from '#platform/access/index.js';
import { ConfigModule, configClasses } from '#platform/config/index.js';
import { CryptoModule } from '#platform/crypto/index.js';
import { DatabaseModule } from '#platform/database/index.js';
import { RedisModule } from '#platform/redis/index.js';
import { Metrics, TelemetryModule } from '#platform/telemetry/index.js';
import { bootHttp, type HttpKit } from '#test/http-kit.js';
import { testInstance } from '#test/harness.js';
import { Endpoint, HttpModule } from '../index.js';
import { newRequestId } from './request-ids.js';

@Controller('served')
class ServedController {
  @Get('never')
  @Endpoint({ permission: 'public', summary: 'Never answers', status: 204 })
  never() {
    return new Promise(() => undefined);
  }

  @Get('fast/:name')
  @Endpoint({
    permission: 'public',
    summary: 'Answers at once',
    params: z.object({ name: z.string() }),
    response: z.object({ text: z.string() }),
  })
  fast() {
    return { text: 'x' };
  }
}

describe('the server', () => {
  let kit: HttpKit;
  beforeAll(async () => {
    kit = await bootHttp({ controllers: [ServedController], env: { SIGNALBOX_REQUEST_TIMEOUT_MS: '1000' } });
  });
  afterAll(() => kit.close());

  it('gives up on a handler that does not answer', async () => {
    const answer = await kit.call('GET', '/api/v1/served/never');
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    expect(answer.headers.get('retry-after')).toBe('10');
  });

  it('answers HEAD as GET without a body', async () => {
    const head = await kit.call('HEAD', '/api/v1/served/fast/a');
    expect(head).toMatchObject({ status: 200, text: '' });
    expect(head.headers.get('content-length')).toBe('12');
  });

  it('measures by route, not by address', async () => {
    await kit.call('GET', '/api/v1/served/fast/secret-name');
    await kit.call('GET', '/api/v1/no/such/secret-name');
    const text = await kit.app.get(Metrics).registry.metrics();
    expect(text).toContain(
      'http_server_request_duration_seconds_count{method="GET",route="/api/v1/served/fast/:name",status="200"}',
    );
    expect(text).toContain('route="none",status="404"');
    expect(text).not.toContain('secret-name');
  });

  it('gives each request an id of its own, in order of time', () => {
    const ids = Array.from({ length: 2000 }, newRequestId);
    expect(new Set(ids).size).toBe(2000);
    expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
      true,
    );
  });

  it('does not serve without the gate, and lets a command run without a server', async () => {
    const instance = await testInstance();
    const variables = new Set(
      configClasses().flatMap(({ settings }) => Object.values(settings).map((s) => s.variable)),
    );
    const env = Object.fromEntries(Object.entries(instance.env).filter(([name]) => variables.has(name)));
    class SpecModule {}
    const platform = [TelemetryModule, DatabaseModule, RedisModule, CryptoModule, AccessModule, HttpModule];
    Module({ imports: [ConfigModule.forRoot(env), ...platform], controllers: [ServedController] })(SpecModule);
    const open = await NestFactory.create(SpecModule, new FastifyAdapter(), { logger: false, abortOnError: false });
    await expect(open.init()).rejects.toThrow('createHttpApp');
    await open.close();
    const command = await NestFactory.createApplicationContext(SpecModule, { logger: false, abortOnError: false });
    await command.close();
    await instance.dispose();
  });
});
