import { z } from 'zod';
import { Config, configClass, setting } from '#platform/config/index.js';

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Where passkeys belong. */
@Config
export class FactorsConfig extends configClass('factors', {
  passkeyDomain: setting(
    'SIGNALBOX_PASSKEY_DOMAIN',
    z
      .string()
      .refine((text) => text.split('.').every((label) => LABEL.test(label)), {
        error: 'must be a domain in lower case, such as example.com',
      })
      .optional(),
    'The domain that passkeys belong to: the host of SIGNALBOX_PUBLIC_URL or a parent of it. That host when absent. Passkeys of another domain stop working.',
  ),
}) {}
