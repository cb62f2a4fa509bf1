import { Config, configClass, setting, whole } from '#platform/config/index.js';

/** How long people's changes of their own accounts wait and last. */
@Config
export class AccountsConfig extends configClass('accounts', {
  reauthenticationMinutes: setting(
    'SIGNALBOX_REAUTHENTICATION_MINUTES',
    whole(15, 1, 1440),
    'Minutes after a sign-in, or after a person proved again who they are, in which they may change what guards their account.',
  ),
  deletionDays: setting(
    'SIGNALBOX_DELETION_DAYS',
    whole(7, 0, 90),
    'Days after which an account that its person deleted is erased; signing in before then keeps it.',
  ),
  exportDays: setting(
    'SIGNALBOX_PERSONAL_EXPORT_DAYS',
    whole(3, 1, 30),
    "Days that the export of a person's own data can be downloaded.",
  ),
}) {}
