import { Config, configClass, setting } from '#platform/config/index.js';
import { signInProviders } from './providers/provider-settings.js';

/** Other issuers that people may sign in at. */
@Config
export class IdentitiesConfig extends configClass('identities', {
  providers: setting(
    'SIGNALBOX_SIGN_IN_PROVIDERS',
    signInProviders,
    'Issuers that people may sign in at, as a JSON list; see docs/users.md. None when absent.',
    true,
  ),
}) {}
