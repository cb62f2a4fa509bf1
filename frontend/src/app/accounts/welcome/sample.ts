import { inject, Injectable } from '@angular/core';
import {
  messagesList,
  messagesRemove,
  Requests,
  sourcesCreate,
  sourcesList,
  sourcesRemove,
  uploadsPaste,
} from '../../api';

/** What the source of the sample is called, in every language: it is how the sample is found again. */
const NAME = 'Sample';

/** A few made-up newsletters, read by the real parser, to see how Signalbox looks with something in it. */
@Injectable({ providedIn: 'root' })
export class Sample {
  private readonly requests = inject(Requests);

  /** The id of its source; undefined where there is none. @throws Problem */
  async find(workspaceId: string): Promise<string | undefined> {
    const { items } = await this.requests.ask(sourcesList, { workspaceId, limit: 200 });
    return items.find(({ kind, name }) => kind === 'upload' && name === NAME)?.id;
  }

  /** Brings the sample in. @returns how many messages @throws Problem */
  async add(workspaceId: string): Promise<number> {
    const sourceId =
      (await this.find(workspaceId)) ??
      (await this.requests.ask(sourcesCreate, { workspaceId, body: { kind: 'upload', name: NAME } })).id;
    for (const { subject, text } of MESSAGES) {
      await this.requests.ask(uploadsPaste, { workspaceId, sourceId, body: { subject: `[Sample] ${subject}`, text } });
    }
    return MESSAGES.length;
  }

  /** Takes its messages out, the deals that only they offer, and the source. @throws Problem */
  async remove(workspaceId: string): Promise<void> {
    const sourceId = await this.find(workspaceId);
    if (sourceId === undefined) return;
    const { items } = await this.requests.ask(messagesList, { workspaceId, sourceId, limit: 200 });
    for (const { id } of items) await this.requests.ask(messagesRemove, { workspaceId, messageId: id });
    await this.requests.ask(sourcesRemove, { workspaceId, sourceId });
  }
}

/** Written for this: nobody offers any of it. */
const MESSAGES: readonly { readonly subject: string; readonly text: string }[] = [
  {
    subject: 'New York from London for £289 round trip',
    text: 'Nonstop flights from London to New York for £289 round trip. Travel in January and February.',
  },
  {
    subject: 'Tokyo from San Francisco, $518 round trip',
    text: 'Fly from San Francisco to Tokyo for $518 round trip. Dates in March and April, one checked bag included.',
  },
  {
    subject: 'Lisbon from Berlin for 49 €',
    text: 'Round trip flights from Berlin to Lisbon for 49 €. Travel between February and May, cabin bag only.',
  },
  {
    subject: 'Business class: Paris to Singapore from 1,390 €',
    text: 'Business class flights from Paris to Singapore for 1,390 € round trip. Book by the end of the month.',
  },
  {
    subject: 'Mexico City from Chicago for $214',
    text: 'Round trip from Chicago to Mexico City for $214. Nonstop, departures from January to March.',
  },
];
