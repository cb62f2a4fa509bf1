import { Config, configClass, flag, list, setting, whole } from '#platform/config/index.js';

const MEGABYTE = 1024 * 1024;
const perMinute = (fallback: number) => whole(fallback, 1, 10_000_000);

/** Settings of the HTTP server. Rates are requests a minute. */
@Config
export class HttpConfig extends configClass('http', {
  corsOrigins: setting(
    'SIGNALBOX_CORS_ORIGINS',
    list().refine((origins) => origins.every((o) => URL.canParse(o) && new URL(o).origin === o), {
      error: 'must be origins such as https://console.example.com, separated by commas',
    }),
    'Origins, besides its own, whose pages may call the API from a browser.',
  ),
  trustProxy: setting(
    'SIGNALBOX_TRUST_PROXY',
    list(),
    'Addresses and networks of reverse proxies whose X-Forwarded-For is believed, such as 127.0.0.1,10.0.0.0/8 or loopback; nobody when absent.',
  ),
  uploadMegabytes: setting(
    'SIGNALBOX_UPLOAD_MB',
    whole(25, 1, 2048),
    'The largest file that may be uploaded, in megabytes.',
  ),
  requestTimeoutMs: setting(
    'SIGNALBOX_REQUEST_TIMEOUT_MS',
    whole(60_000, 1000, 3_600_000),
    'A request that takes longer, to arrive or until its answer begins, is ended; so is an answer that is silent for so long.',
  ),
  rateAnonymous: setting(
    'SIGNALBOX_RATE_ANONYMOUS',
    perMinute(60),
    'Requests a minute of one address without sign-in.',
  ),
  rateUser: setting('SIGNALBOX_RATE_USER', perMinute(1200), 'Requests a minute of one signed-in person.'),
  rateApiKey: setting('SIGNALBOX_RATE_API_KEY', perMinute(1200), 'Requests a minute of one API key.'),
  rateAuth: setting(
    'SIGNALBOX_RATE_AUTH',
    perMinute(10),
    'Attempts a minute of one address to sign in, register or reset a password.',
  ),
  rateUpload: setting('SIGNALBOX_RATE_UPLOAD', perMinute(60), 'Uploads a minute of one person or key.'),
  rateExport: setting('SIGNALBOX_RATE_EXPORT', perMinute(10), 'Exports a minute of one person or key.'),
  explorer: setting('SIGNALBOX_API_EXPLORER', flag(true), 'Whether /api/docs shows the API explorer.'),
}) {
  /** The largest upload in bytes. */
  get uploadLimit(): number {
    return this.uploadMegabytes * MEGABYTE;
  }
}

/** The largest JSON body in bytes, where an endpoint says nothing else. */
export const BODY_LIMIT = MEGABYTE;
