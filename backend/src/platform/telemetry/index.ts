export { HealthChecks } from './health-checks.js';
export type { HealthCheck, PartHealth } from './health-checks.js';
export { DURATION_BUCKETS, Metrics } from './metrics.js';
export { logOptions, REDACTED } from './logging.js';
export { TelemetryConfig } from './telemetry.config.js';
export { TelemetryModule } from './telemetry.module.js';
export { startTracing, traced, tracedUntilNow } from './tracing.js';
