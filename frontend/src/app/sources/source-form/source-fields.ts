import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { type FieldTree, FormField as Field } from '@angular/forms/signals';
import { FormField } from '../../ui/form';
import type { SourceKind } from '../source-kinds';
import type { SourceModel } from './source-model';

/** The fields of one kind of source. */
@Component({
  selector: 'sb-source-fields',
  imports: [Field, FormField],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'grid gap-4' },
  templateUrl: './source-fields.html',
})
export class SourceFields {
  readonly source = input.required<FieldTree<SourceModel>>();
  readonly kind = input.required<SourceKind>();
  /** Credentials are there already: empty leaves them. */
  readonly kept = input(false);
  protected readonly unchanged = $localize`Empty leaves it as it is.`;
}
