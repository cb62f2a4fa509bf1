import type { Feature } from './feature';
import { deals } from './deals/deals.feature';
import { home } from './home/home.feature';
import { inbox } from './inbox/inbox.feature';
import { webhooks } from './webhooks/webhooks.feature';

/** Every room of the console, in the order of the navigation. A new room is one folder and one line here. */
export const features: readonly Feature[] = [home, deals, inbox, webhooks];
