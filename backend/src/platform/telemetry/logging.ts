import type { LoggerOptions } from 'pino';
import type { TelemetryConfig } from './telemetry.config.js';

/** Paths of values that never reach a log line, wherever an object is logged. */
export const REDACTED = [
  ...['req.headers', 'headers', 'res.headers'].flatMap((at) =>
    ['authorization', 'cookie', 'set-cookie', 'x-api-key'].map((name) => `${at}["${name}"]`),
  ),
  ...['password', 'token', 'secret', 'apiKey', 'refreshToken', 'accessToken', 'credentials'].flatMap((name) => [
    name,
    `*.${name}`,
    `*.*.${name}`,
  ]),
];

/** pino's options: level, redaction and times in RFC 3339. */
export function logOptions(config: Pick<TelemetryConfig, 'logLevel' | 'logFormat'>): LoggerOptions {
  return {
    level: config.logLevel,
    redact: { paths: REDACTED, censor: '[redacted]' },
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
  };
}
