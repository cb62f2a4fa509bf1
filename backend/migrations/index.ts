import type { Migration } from '@mikro-orm/migrations';
import { EventLog0001 } from './0001-event-log.js';
import { Jobs0002 } from './0002-jobs.js';
import { Mail0003 } from './0003-mail.js';
import { Http0004 } from './0004-http.js';
import { Access0005 } from './0005-access.js';
import { Upkeep0006 } from './0006-upkeep.js';
import { JobDeaths0007 } from './0007-job-deaths.js';
import { Users0010 } from './0010-users.js';
import { Accounts0011 } from './0011-accounts.js';
import { Factors0012 } from './0012-factors.js';
import { Guessing0013 } from './0013-guessing.js';
import { Memberships0014 } from './0014-memberships.js';
import { ServiceAccounts0015 } from './0015-service-accounts.js';
import { Plans0016 } from './0016-plans.js';
import { Audit0017 } from './0017-audit.js';
import { Sessions0018 } from './0018-sessions.js';
import { Deals0020 } from './0020-deals.js';
import { Sources0021 } from './0021-sources.js';
import { Intake0022 } from './0022-intake.js';
import { Renewals0023 } from './0023-renewals.js';
import { Subscriptions0030 } from './0030-subscriptions.js';
import { Matches0031 } from './0031-matches.js';
import { OldMatches0032 } from './0032-old-matches.js';
import { ChoosersOfChannels0033 } from './0033-choosers-of-channels.js';
import { EarlierValues0034 } from './0034-earlier-values.js';
import { FiltersOfLists0035 } from './0035-filters-of-lists.js';
import { LastEditors0036 } from './0036-last-editors.js';
import { Notifications0040 } from './0040-notifications.js';
import { Channels0041 } from './0041-channels.js';
import { HugeInboxes0042 } from './0042-huge-inboxes.js';
import { Destinations0043 } from './0043-destinations.js';
import { DeviceFingerprints0044 } from './0044-device-fingerprints.js';
import { UnreadCounts0045 } from './0045-unread-counts.js';
import { PreferencesByKind0046 } from './0046-preferences-by-kind.js';
import { Webhooks0050 } from './0050-webhooks.js';
import { WebhookInboxes0051 } from './0051-webhook-inboxes.js';
import { WebhookMends0052 } from './0052-webhook-mends.js';
import { WebhookOwners0053 } from './0053-webhook-owners.js';
import { WebhookMoments0054 } from './0054-webhook-moments.js';
import { WebhookPace0055 } from './0055-webhook-pace.js';
import { PartsOfEvents0060 } from './0060-parts-of-events.js';
import { EndsOfSnoozes0061 } from './0061-ends-of-snoozes.js';

/** Every migration, in the order they apply. A new one goes at the end; one that has landed never changes. */
export const migrations: (new (...args: ConstructorParameters<typeof Migration>) => Migration)[] = [
  EventLog0001,
  Jobs0002,
  Mail0003,
  Http0004,
  Access0005,
  Users0010,
  Deals0020,
  Subscriptions0030,
  JobDeaths0007,
  Guessing0013,
  Factors0012,
  Intake0022,
  Upkeep0006,
  Accounts0011,
  Sources0021,
  Plans0016,
  Memberships0014,
  Audit0017,
  Sessions0018,
  ServiceAccounts0015,
  Renewals0023,
  Notifications0040,
  Channels0041,
  Webhooks0050,
  Matches0031,
  WebhookInboxes0051,
  OldMatches0032,
  Destinations0043,
  ChoosersOfChannels0033,
  DeviceFingerprints0044,
  HugeInboxes0042,
  WebhookMends0052,
  WebhookOwners0053,
  UnreadCounts0045,
  EarlierValues0034,
  WebhookPace0055,
  WebhookMoments0054,
  PreferencesByKind0046,
  FiltersOfLists0035,
  LastEditors0036,
  PartsOfEvents0060,
  EndsOfSnoozes0061,
];
