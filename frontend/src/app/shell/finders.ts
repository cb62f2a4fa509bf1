import {
  lucideBellRing,
  lucideBot,
  lucideKeyRound,
  lucideMail,
  lucidePlane,
  lucideRadioTower,
  lucideUser,
  lucideWebhook,
} from '@ng-icons/lucide';
import {
  apiKeysList,
  dealsList,
  membersList,
  messagesList,
  type Operation,
  type Requests,
  serviceAccountsList,
  sourcesList,
  subscriptionsList,
  endpointsList,
} from '../api';

/** Something that was found, and where it is below the workspace. */
export interface Found {
  readonly title: string;
  readonly link: string;
}

/** Looks for one kind of thing. */
export interface Finder {
  readonly title: () => string;
  readonly icon: string;
  /** Without it nothing is looked for. */
  readonly permission: string;
  find(requests: Requests, workspaceId: string, text: string): Promise<readonly Found[]>;
}

const EACH = 4;

interface Listing {
  workspaceId: string;
  filter?: string;
  limit?: number;
}

/** @param filter in the filter language, of what was typed in quotes */
function finder<T>(
  kind: Pick<Finder, 'title' | 'icon' | 'permission'>,
  list: Operation<Listing, { items: readonly T[] }>,
  filter: (quoted: string, text: string) => string,
  found: (one: T) => Found,
): Finder {
  return {
    ...kind,
    find: async (requests, workspaceId, text) => {
      const asked = { workspaceId, limit: EACH, filter: filter(JSON.stringify(text), text) };
      return (await requests.ask(list, asked)).items.map(found);
    },
  };
}

const named = (quoted: string) => `name:${quoted}`;
/** Each word as the beginning of one. */
const begun = (_quoted: string, text: string) =>
  text
    .split(/\s+/)
    .map((word) => `${JSON.stringify(word)}*`)
    .join(' ');

/** All that the palette looks through, in this order. */
export const finders: readonly Finder[] = [
  finder({ title: () => $localize`Deal`, icon: lucidePlane, permission: 'deals:read' }, dealsList, begun, (one) => ({
    title: one.title,
    link: `deals/${one.id}`,
  })),
  finder(
    { title: () => $localize`Subscription`, icon: lucideBellRing, permission: 'subscriptions:read' },
    subscriptionsList,
    named,
    (one) => ({ title: one.name, link: `subscriptions/${one.id}` }),
  ),
  finder(
    { title: () => $localize`Source`, icon: lucideRadioTower, permission: 'sources:read' },
    sourcesList,
    named,
    (one) => ({
      title: one.name,
      link: `sources/${one.id}`,
    }),
  ),
  finder(
    { title: () => $localize`Message`, icon: lucideMail, permission: 'messages:read' },
    messagesList,
    (quoted) => `subject:${quoted}`,
    (one) => ({ title: one.subject, link: `messages/${one.id}` }),
  ),
  finder(
    { title: () => $localize`Member`, icon: lucideUser, permission: 'members:read' },
    membersList,
    (quoted) => `name:${quoted} or email:${quoted}`,
    (one) => ({ title: one.name, link: 'members' }),
  ),
  finder(
    { title: () => $localize`API key`, icon: lucideKeyRound, permission: 'api_keys:read' },
    apiKeysList,
    named,
    (one) => ({
      title: one.name,
      link: 'keys',
    }),
  ),
  finder(
    { title: () => $localize`Service account`, icon: lucideBot, permission: 'service_accounts:read' },
    serviceAccountsList,
    named,
    (one) => ({ title: one.name, link: 'keys/service-accounts' }),
  ),
  finder(
    { title: () => $localize`Webhook`, icon: lucideWebhook, permission: 'webhooks:read' },
    endpointsList,
    (quoted) => `description:${quoted} or host:${quoted}`,
    (one) => ({ title: one.description || one.url, link: `webhooks/${one.id}` }),
  ),
];
