import { signal } from '@angular/core';
import { form, maxLength, pattern, required } from '@angular/forms/signals';
import type { Endpoint } from './endpoint-names';
import type { HeaderRow } from './header-rows';

/** What is written of an endpoint, as its form holds it. */
export interface EndpointText {
  url: string;
  description: string;
  target: 'activity' | 'deal';
  filter: string;
  /** Digits; empty for no limit. */
  ratePerSecond: string;
  ordered: boolean;
}

const EMPTY: EndpointText = {
  url: '',
  description: '',
  target: 'activity',
  filter: '',
  ratePerSecond: '',
  ordered: false,
};

/** The form of an endpoint, new or there, with what no plain field holds beside it. */
export class EndpointForm {
  readonly text = signal<EndpointText>(EMPTY);
  readonly types = signal<readonly string[] | null>(null);
  readonly headers = signal<readonly HeaderRow[]>([]);
  readonly fields = form(this.text, (path) => {
    required(path.url, { message: $localize`An address is needed.` });
    pattern(path.url, /^https?:\/\/\S+$/, { message: $localize`An address begins with https:// and holds no spaces.` });
    maxLength(path.description, 200, { message: $localize`200 characters at most.` });
    pattern(path.ratePerSecond, /^([1-9]\d{0,2}|1000)?$/, {
      message: $localize`A whole number from 1 to 1000, or nothing.`,
    });
  });

  /** Takes over how an endpoint is. */
  show(endpoint: Endpoint): void {
    this.text.set({
      url: endpoint.url,
      description: endpoint.description,
      target: endpoint.target === 'deal' ? 'deal' : 'activity',
      filter: endpoint.filter,
      ratePerSecond: endpoint.ratePerSecond === null ? '' : String(endpoint.ratePerSecond),
      ordered: endpoint.ordered,
    });
    this.types.set(endpoint.types);
    this.headers.set([]);
  }

  /** What the API takes of it, for both. */
  body() {
    const { url, description, filter, ratePerSecond, ordered } = this.text();
    return {
      url: url.trim(),
      description: description.trim(),
      filter: filter.trim(),
      ratePerSecond: ratePerSecond === '' ? null : Number(ratePerSecond),
      ordered,
      types: this.types() && [...this.types()!],
    };
  }
}
