import { resolve } from 'node:path';
import { z } from 'zod';
import { Config, configClass, setting } from './config.js';
import { list, port, url } from './types.js';

const ROLES = ['api', 'realtime', 'readers', 'workers'] as const;

/** What a process of the instance does; one process does everything by default. */
export type Role = (typeof ROLES)[number];

/** Settings of the instance as a whole. */
@Config
export class InstanceConfig extends configClass('instance', {
  port: setting('SIGNALBOX_PORT', port(3000), 'The port that serves the console and the API.'),
  host: setting('SIGNALBOX_HOST', z.string().default('0.0.0.0'), 'The address that the HTTP server listens on.'),
  publicUrl: setting(
    'SIGNALBOX_PUBLIC_URL',
    url('http', 'https').optional(),
    'The address that people reach the console at; links in mails start with it. http://localhost:<port> when absent.',
  ),
  dataDir: setting(
    'SIGNALBOX_DATA_DIR',
    z
      .string()
      .default('.data')
      .transform((path) => resolve(path)),
    'The folder of everything that is kept on disk: the embedded database, Redis, files and keys.',
  ),
  roles: setting(
    'SIGNALBOX_ROLES',
    list().refine((roles) => roles.every((r) => (ROLES as readonly string[]).includes(r)), {
      error: `must be a comma-separated choice of ${ROLES.join(', ')}`,
    }),
    'What this process does, as a list of api, realtime, readers, workers; everything when absent.',
  ),
}) {
  /** True when this process plays the role. */
  plays(role: Role): boolean {
    return this.roles.length === 0 || this.roles.includes(role);
  }

  /** The console's address, without a trailing slash. */
  get origin(): string {
    return (this.publicUrl ?? `http://localhost:${this.port}`).replace(/\/+$/, '');
  }
}
