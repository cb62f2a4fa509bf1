import type { incomingList, Item } from '../../api';

export type Incoming = Item<typeof incomingList>;
export type Scheme = Incoming['scheme'];

/** How a sender proves itself, for who chooses and for who sets the sender up. */
export interface SchemeWords {
  readonly scheme: Scheme;
  readonly title: string;
  readonly about: string;
  /** What is done at the sender. */
  readonly steps: readonly string[];
}

export const schemes = (): readonly SchemeWords[] => [
  {
    scheme: 'standard',
    title: $localize`Signed (Standard Webhooks)`,
    about: $localize`For your own programs and services that sign as Standard Webhooks say. The best choice where there is one.`,
    steps: [
      $localize`Send webhook-id, webhook-timestamp and webhook-signature with each POST; libraries for most languages do.`,
      $localize`A repeated webhook-id is taken once. Signatures older than five minutes are refused.`,
    ],
  },
  {
    scheme: 'github',
    title: $localize`GitHub`,
    about: $localize`For webhooks of a repository or an organization on GitHub.`,
    steps: [
      $localize`On GitHub: Settings, Webhooks, Add webhook.`,
      $localize`Payload URL: the address. Content type: application/json. Secret: the secret.`,
      $localize`Choose the events. GitHub sends a ping at once, and it shows here.`,
    ],
  },
  {
    scheme: 'secret',
    title: $localize`Secret in a header`,
    about: $localize`For senders that can add a header, and cannot sign: Zapier, Make, most no-code tools.`,
    steps: [
      $localize`Add the header X-Webhook-Secret with the secret (or Authorization: Bearer with it).`,
      $localize`Add webhook-id or Idempotency-Key where the sender can, so that repeats are told apart.`,
    ],
  },
];

/** The words of one scheme. */
export const wordsOf = (scheme: Scheme): SchemeWords => schemes().find((one) => one.scheme === scheme)!;
