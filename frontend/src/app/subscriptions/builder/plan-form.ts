import { ChangeDetectionStrategy, Component, computed, inject, input, LOCALE_ID, resource } from '@angular/core';
import { type FieldTree, FormField as Field } from '@angular/forms/signals';
import { ownChannelsList, problemOf, Requests, sharedChannelsList } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Clock } from '../../ui';
import { FormField } from '../../ui/form';
import { clockOf, figureWords, weekdays } from '../subscription';
import { figuresOf } from './catalogues';
import { type Draft, quietHoursOf, rhythmOf } from './draft';
import { nextTimes, quietEnd } from './next-times';

/** When and where somebody is told: rhythm, quiet hours, rules, channels, end. */
@Component({
  selector: 'sb-plan-form',
  imports: [Field, FormField],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'grid gap-4' },
  templateUrl: './plan-form.html',
})
export class PlanForm {
  private readonly requests = inject(Requests);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  protected readonly clock = inject(Clock);
  readonly draft = input.required<FieldTree<Draft>>();
  protected readonly hours = Array.from({ length: 24 }, (_, hour) => ({ value: String(hour), title: clockOf(hour) }));
  protected readonly days = weekdays(inject(LOCALE_ID)).map((title, day) => ({ value: String(day + 1), title }));
  protected readonly figureOf = (['average', 'lowest', 'highest', 'sum'] as const).map((value) => ({
    value,
    title: figureWords(value),
  }));
  protected readonly value = computed(() => this.draft()().value());
  protected readonly figures = computed(() => figuresOf(this.value().target));

  /** The next moments at which something may be sent. */
  protected readonly next = computed(() => {
    const draft = this.value();
    const now = this.clock.minute();
    return nextTimes(rhythmOf(draft), quietHoursOf(draft), this.clock.zone(), now).map((at) =>
      this.clock.short(new Date(at).toISOString()),
    );
  });
  /** Until when nothing is sent at this moment. */
  protected readonly quietUntil = computed(() => {
    const quiet = quietHoursOf(this.value());
    const end = quiet && quietEnd(quiet, this.clock.zone(), this.clock.minute());
    return end ? this.clock.short(new Date(end).toISOString()) : undefined;
  });

  private readonly found = resource({
    loader: async () => {
      const filter = `workspace:${this.workspaceId}`;
      const [own, shared] = await Promise.all([
        this.requests.ask(ownChannelsList, { limit: 200, filter }),
        this.requests.ask(sharedChannelsList, { workspaceId: this.workspaceId, limit: 200 }),
      ]);
      return [...own.items, ...shared.items];
    },
  });
  protected readonly channels = computed(() => [
    { id: 'mail', name: $localize`Mail`, hint: '' },
    { id: 'push', name: $localize`Your browsers`, hint: '' },
    ...(this.found.hasValue() ? this.found.value() : []).map(({ id, name, address, enabled }) => ({
      id,
      name,
      hint: enabled ? address : $localize`stopped`,
    })),
  ]);
  protected readonly missing = computed(() => {
    const error = this.found.error();
    return error && problemOf(error);
  });

  protected turn(id: string, on: boolean): void {
    this.draft()
      .channels()
      .value.update((all) => (on ? [...all, id] : all.filter((one) => one !== id)));
  }
}
