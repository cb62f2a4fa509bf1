import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { FormField as Field } from '@angular/forms/signals';
import type { Problem } from '../../api';
import { FormField } from '../../ui/form';
import type { EndpointForm } from './endpoint-form';
import { EventPicker } from './event-picker';
import { HeaderRows } from './header-rows';

/** The fields of an endpoint: where to, of what, and how. */
@Component({
  selector: 'sb-endpoint-fields',
  imports: [EventPicker, Field, FormField, HeaderRows],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  templateUrl: './endpoint-fields.html',
})
export class EndpointFields {
  readonly of = input.required<EndpointForm>();
  /** Names of the headers that are kept unless new ones are given. */
  readonly kept = input<readonly string[]>([]);
  /** Whether what the filter is about can still be chosen. */
  readonly fresh = input(true);
  /** What was refused last. */
  readonly problem = input<Problem>();
}
