import helmet from 'helmet';
import type { IncomingMessage, ServerResponse } from 'node:http';

const POLICY = {
  useDefaults: false,
  directives: {
    'default-src': ["'self'"],
    'base-uri': ["'none'"],
    'object-src': ["'none'"],
    'frame-ancestors': ["'none'"],
    'form-action': ["'self'"],
    'img-src': ["'self'", 'data:', 'blob:'],
    'font-src': ["'self'"],
    'style-src': ["'self'"],
    'script-src': ["'self'"],
    'connect-src': ["'self'"],
    'worker-src': ["'self'"],
    'manifest-src': ["'self'"],
  },
};

/** What no page of ours uses, so that nothing that gets into one can either; passkeys are asked for by our own pages only. */
const PERMISSIONS = [
  ...[
    'accelerometer',
    'autoplay',
    'browsing-topics',
    'camera',
    'display-capture',
    'encrypted-media',
    'fullscreen',
    'geolocation',
    'gyroscope',
    'hid',
    'idle-detection',
    'local-fonts',
    'magnetometer',
    'microphone',
    'midi',
    'payment',
    'picture-in-picture',
    'screen-wake-lock',
    'serial',
    'storage-access',
    'usb',
    'xr-spatial-tracking',
  ].map((feature) => `${feature}=()`),
  'publickey-credentials-create=(self)',
  'publickey-credentials-get=(self)',
].join(', ');

/**
 * The headers that every answer carries, worked out once: helmet builds them anew for each response otherwise, which
 * costs more than the rest of a hot request's headers. Nothing is to be stored by browsers and proxies on the way unless a
 * handler says otherwise, as those of the console's files do.
 *
 * @param secure true when people reach the instance over HTTPS: only then browsers are told to stay on it
 */
export function securityHeaders(secure: boolean): Record<string, string> {
  const headers: Record<string, string> = { 'Cache-Control': 'no-store', 'Permissions-Policy': PERMISSIONS };
  const recorder = {
    setHeader: (name: string, value: string) => void (headers[name] = value),
    removeHeader: () => undefined,
  };
  const apply = helmet({
    contentSecurityPolicy: POLICY,
    crossOriginEmbedderPolicy: false,
    strictTransportSecurity: secure && { maxAge: 31_536_000, includeSubDomains: false },
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
  apply({} as IncomingMessage, recorder as unknown as ServerResponse, () => undefined);
  return headers;
}
