import { lucideAtSign, lucideFileUp, lucideMailbox, lucideRss } from '@ng-icons/lucide';
import type { Item, sourcesList } from '../api';

export type Source = Item<typeof sourcesList>;
export type SourceKind = Source['kind'];

export interface KindWords {
  readonly kind: SourceKind;
  readonly icon: string;
  readonly title: string;
  /** When one takes it. */
  readonly text: string;
}

/** The kinds of source in words, the easiest first. */
export const sourceKinds = (): readonly KindWords[] => [
  {
    kind: 'smtp',
    icon: lucideAtSign,
    title: $localize`Forwarding address`,
    text: $localize`A secret address of your own. Subscribe newsletters to it, or forward them there.`,
  },
  {
    kind: 'imap',
    icon: lucideMailbox,
    title: $localize`Mailbox`,
    text: $localize`A folder of a mailbox is read over IMAP as mail comes in. Nothing in it is changed or marked.`,
  },
  {
    kind: 'feed',
    icon: lucideRss,
    title: $localize`Feed`,
    text: $localize`RSS or Atom of a blog or board, read every few minutes.`,
  },
  {
    kind: 'upload',
    icon: lucideFileUp,
    title: $localize`Uploads`,
    text: $localize`Mail files (.eml, .mbox) and pasted texts that people bring by hand.`,
  },
];

export const kindOf = (kind: SourceKind): KindWords =>
  sourceKinds().find((one) => one.kind === kind) ?? (sourceKinds()[3] as KindWords);

/** Where a source looks, in one line. */
export function placeOf({ address, settings }: Pick<Source, 'address' | 'settings'>): string {
  const { host, user, mailbox, url } = settings as Record<string, unknown>;
  if (address) return address;
  if (typeof url === 'string') return url;
  return [user, host, mailbox].filter((part) => typeof part === 'string').join(' · ');
}
