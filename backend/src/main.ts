import 'reflect-metadata';
import { Logger as PinoLogger } from 'nestjs-pino';
import { SetupApi } from '#modules/users/index.js';
import { environment, InstanceConfig, readConfig } from '#platform/config/index.js';
import { DatabaseConfig, migrateUp } from '#platform/database/index.js';
import { createHttpApp } from '#platform/http/index.js';
import { startTracing, TelemetryConfig } from '#platform/telemetry/index.js';
import { AppModule } from './app.module.js';
import { startupFault } from './startup-fault.js';

const FRAMEWORK = new Set([
  'InstanceLoader',
  'RouterExplorer',
  'RoutesResolver',
  'NestFactory',
  'NestApplication',
  'WebSocketsController',
]);

/** Nest's own lines on each route and module tell an operator nothing: dropped below warnings. */
function quietStart(logger: PinoLogger): PinoLogger {
  const log = logger.log.bind(logger);
  logger.log = (message: unknown, ...rest: unknown[]) => {
    if (!FRAMEWORK.has(String(rest.at(-1)))) log(message, ...rest);
  };
  return logger;
}

/** Starts the process: settings, migrations, application; then says on standard output where it can be reached. */
async function start(): Promise<void> {
  const env = environment();
  const module = AppModule.forRoot(env);
  const { traceEndpoint } = readConfig(TelemetryConfig, env);
  const stopTracing = traceEndpoint ? await startTracing(traceEndpoint) : undefined;
  await migrateUp(readConfig(DatabaseConfig, env).url);
  // Not flushed by themselves: of a start that fails, the sentence at the end is all that is said.
  const app = await createHttpApp(module, { env, nest: { bufferLogs: true, autoFlushLogs: false } });
  app.useLogger(quietStart(app.get(PinoLogger)));
  app.flushLogs();
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  // A promise that a library forgot must not take everybody else's work down with it.
  process.on('unhandledRejection', (reason) => app.get(PinoLogger).error({ err: reason }, 'A promise was not caught'));
  const config = app.get(InstanceConfig);
  await app.listen(config.port, config.host);
  if (stopTracing) app.getHttpServer().once('close', () => void stopTracing());
  const code = await app.get(SetupApi).pendingCode();
  if (code !== null) console.log(`First owner: ${config.origin}/setup?code=${encodeURIComponent(code)}`);
  console.log(`Signalbox is ready: ${config.origin}`);
}

start().catch((error: unknown) => {
  console.error(startupFault(error));
  process.exit(1);
});
