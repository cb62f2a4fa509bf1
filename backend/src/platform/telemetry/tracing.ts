import { type Attributes, SpanStatusCode, trace } from '@opentelemetry/api';

const tracer = trace.getTracer('signalbox');
let sending = false;

/**
 * Runs `work` inside a span. Without a tracing endpoint this costs a function call.
 *
 * @returns what `work` returns; its error is recorded and thrown on
 */
export async function traced<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  return tracer.startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      span.recordException(error as Error);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Tells of something that is over, such as an answered request. @param tookMs how long it took, until now */
export function tracedUntilNow(name: string, attributes: () => Attributes, tookMs: number): void {
  if (!sending) return;
  const end = Date.now();
  tracer.startSpan(name, { startTime: end - tookMs, attributes: attributes() }).end(end);
}

/**
 * Starts sending traces to an OTLP endpoint over HTTP.
 *
 * @returns a function that sends what is left and stops
 */
export async function startTracing(endpoint: string): Promise<() => Promise<void>> {
  const [{ NodeSDK }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces` });
  const sdk = new NodeSDK({ serviceName: 'signalbox', traceExporter: exporter });
  sdk.start();
  sending = true;
  return () => {
    sending = false;
    return sdk.shutdown();
  };
}
