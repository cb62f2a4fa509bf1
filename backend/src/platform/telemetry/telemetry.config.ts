import { z } from 'zod';
import { Config, configClass, setting, url } from '#platform/config/index.js';

/** Settings of logs, metrics and traces. */
@Config
export class TelemetryConfig extends configClass('telemetry', {
  logLevel: setting(
    'SIGNALBOX_LOG_LEVEL',
    z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
        error: 'must be trace, debug, info, warn, error, fatal or silent',
      })
      .default('info'),
    'The least severe message that is logged.',
  ),
  logFormat: setting(
    'SIGNALBOX_LOG_FORMAT',
    z.enum(['json', 'pretty'], { error: 'must be json or pretty' }).default('json'),
    'Log lines as JSON, or readable by people.',
  ),
  metricsToken: setting(
    'SIGNALBOX_METRICS_TOKEN',
    z.string().min(16, 'must have at least 16 characters').optional(),
    'When set, GET /metrics asks for it as a bearer token; otherwise only programs on the machine itself may read the metrics, and no reverse proxy.',
    true,
  ),
  traceEndpoint: setting(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    url('http', 'https').optional(),
    'Where OpenTelemetry traces are sent; none are made when absent.',
  ),
}) {}
