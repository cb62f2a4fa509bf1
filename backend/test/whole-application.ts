// The whole application, as `main.ts` boots it, for specs of everything that is reached over HTTP.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import { apiDocument, createHttpApp, RouteTable } from '#platform/http/index.js';
import { AppModule } from '../src/app.module.js';
import { factory, type Factory } from './factories.js';
import { testInstance } from './harness.js';
import { watchHandlers } from './watch-handlers.js';

/** The application, running. */
export interface WholeApplication {
  readonly app: NestFastifyApplication;
  readonly make: Factory;
  /** Where it listens: `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Its API document, as /api/openapi.json gives it. */
  readonly document: ReturnType<typeof apiDocument>;
  /** Sends a request through the whole server, without a socket; a body that is an object goes as JSON. */
  request(
    method: string,
    path: string,
    options?: Omit<InjectOptions, 'method' | 'url' | 'path'>,
  ): Promise<LightMyRequestResponse>;
  close(): Promise<void>;
}

/** A way to sign in that needs no network to set out. */
export const PROVIDER = 'github';
const PROVIDERS = JSON.stringify([{ preset: PROVIDER, clientId: 'routes', clientSecret: 'a secret for the routes' }]);

const RATES = ['ANONYMOUS', 'USER', 'API_KEY', 'AUTH', 'UPLOAD', 'EXPORT', 'SOCKET'];

/**
 * Boots it on services of its own, with rate limits out of the way.
 *
 * @param settings further environment variables
 * @param reached is called when a request reaches the method of a controller, with its name
 */
export async function wholeApplication(
  settings: Record<string, string> = {},
  reached?: (name: string) => void,
): Promise<WholeApplication> {
  const instance = await testInstance();
  const rates = Object.fromEntries(RATES.map((rate) => [`SIGNALBOX_RATE_${rate}`, '10000000']));
  const env = {
    ...instance.env,
    SIGNALBOX_LOG_LEVEL: 'fatal',
    SIGNALBOX_SIGN_IN_PROVIDERS: PROVIDERS,
    ...rates,
    ...settings,
  };
  const app = await createHttpApp(AppModule.forRoot(env), {
    env,
    checkAnswers: true,
    nest: { logger: process.env['SPEC_LOG'] ? ['error', 'warn'] : false },
  });
  if (reached) watchHandlers(app, reached);
  await app.listen(0, '127.0.0.1');
  return {
    app,
    make: factory(app),
    url: await app.getUrl(),
    document: apiDocument(app, app.get(RouteTable)),
    request: (method, path, options = {}) => app.inject({ ...options, method: method as 'GET', url: path }),
    close: async () => {
      await app.close();
      await instance.dispose();
    },
  };
}
