import { Global, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import pretty from 'pino-pretty';
import { HealthChecks } from './health-checks.js';
import { logOptions } from './logging.js';
import { Metrics } from './metrics.js';
import { TelemetryConfig } from './telemetry.config.js';

/** Logs by pino, with secrets redacted, and metrics. Requests are counted and logged by the http room. */
@Global()
@Module({
  imports: [
    LoggerModule.forRootAsync({
      inject: [TelemetryConfig],
      useFactory: (config: TelemetryConfig) => ({
        // No middleware: a logger for each request, with its request redacted, costs as much as a hot request itself.
        forRoutes: [],
        // Standard error, because standard output says when the instance is ready and nothing else.
        pinoHttp: [
          { ...logOptions(config), autoLogging: false },
          config.logFormat === 'pretty' ? pretty({ destination: 2, colorize: true }) : process.stderr,
        ],
      }),
    }),
  ],
  providers: [Metrics, HealthChecks],
  exports: [Metrics, HealthChecks, LoggerModule],
})
export class TelemetryModule {}
