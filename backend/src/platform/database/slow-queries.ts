import { DefaultLogger, type LogContext, type Logger, type LoggerOptions } from '@mikro-orm/core';
import { Logger as NestLogger } from '@nestjs/common';

class SlowQueries extends DefaultLogger {
  private readonly slow = new NestLogger('slow-query');

  override logQuery(context: LogContext): void {
    // The text only: values may be secrets or personal data.
    this.slow.warn({ took_ms: Math.round(context.took ?? 0), query: context.query?.slice(0, 2000) });
  }
}

/** A logger that reports statements slower than the threshold, without their values. */
export function slowQueryLogger(options: LoggerOptions): Logger {
  return new SlowQueries(options);
}
