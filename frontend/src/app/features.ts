import type { Feature } from './feature';
import { audit } from './audit/audit.feature';
import { deals } from './deals/deals.feature';
import { home } from './home/home.feature';
import { inbox } from './inbox/inbox.feature';
import { instance } from './instance/instance.features';
import { keys } from './keys/keys.feature';
import { members } from './members/members.feature';
import { plan } from './plan/plan.feature';
import { webhooks } from './webhooks/webhooks.feature';
import { workspaceSettings } from './workspace-settings/workspace-settings.feature';
import { subscriptions } from './subscriptions/subscriptions.feature';
import { notificationSettings } from './notification-settings/notification-settings.feature';
import { exports } from './settings/exports/exports.feature';
import { profile } from './settings/profile/profile.feature';
import { security } from './settings/security/security.feature';
import { sessions } from './settings/sessions/sessions.feature';
import { sources } from './sources/sources.feature';
import { messages } from './messages/messages.feature';

/** Every room of the console, in the order of the navigation. A new room is one folder and one line here. */
export const features: readonly Feature[] = [
  home,
  deals,
  sources,
  messages,
  subscriptions,
  inbox,
  webhooks,
  members,
  keys,
  plan,
  audit,
  workspaceSettings,
  ...instance,
  profile,
  security,
  sessions,
  notificationSettings,
  exports,
];
