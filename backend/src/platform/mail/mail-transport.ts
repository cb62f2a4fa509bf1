import type { PartHealth } from '#platform/telemetry/index.js';
import type { Address } from './addresses.js';

/** A checked mail, as a transport takes it. */
export interface Envelope {
  readonly from: Address;
  /** Where it comes back to when it cannot be delivered; to the sender when absent. */
  readonly returnPath?: string;
  readonly to: readonly Address[];
  readonly replyTo?: Address;
  readonly subject: string;
  readonly headers: Record<string, string>;
  /** With angle brackets. */
  readonly messageId: string;
  readonly html: string;
  readonly text: string;
}

/** Where mail goes: a server, or the preview mailbox. */
export abstract class MailTransport {
  /** @throws MailRejected, MailDeferred */
  abstract send(mail: Envelope): Promise<{ response: string }>;

  /** Whether mail would get out now; never throws. */
  abstract health(): Promise<PartHealth>;
}
