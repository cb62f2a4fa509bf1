import { CdkMenu, CdkMenuItem, CdkMenuTrigger } from '@angular/cdk/menu';
import { ChangeDetectionStrategy, Component, computed, inject, input, output, signal, viewChild } from '@angular/core';
import { lucideAlarmClock } from '@ng-icons/lucide';
import { Clock } from './clock';
import { Dialog } from './dialog';
import { Icon } from './icon';
import { type Moment, Moments } from '../filters/moments';

let last = 0;

/** A button that asks until when: later today, tomorrow, next week, or a time of one's own. */
@Component({
  selector: 'sb-snooze-menu',
  imports: [CdkMenu, CdkMenuItem, CdkMenuTrigger, Dialog, Icon],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'inline-flex' },
  template: `
    <button
      type="button"
      class="btn btn-quiet btn-small btn-icon"
      [title]="label()"
      [attr.aria-label]="label()"
      [cdkMenuTriggerFor]="menu"
      (cdkMenuOpened)="moments.set(ahead.ahead())"
    >
      <sb-icon [svg]="icon" [size]="16" />
    </button>
    <ng-template #menu>
      <div cdkMenu class="menu w-60" [attr.aria-label]="label()">
        @for (moment of moments(); track moment.title) {
          <button cdkMenuItem class="menu-item" (cdkMenuItemTriggered)="chosen.emit(moment.at)">
            <span class="flex-1">{{ moment.title }}</span>
            <span class="text-xs text-muted">{{ clock.short(moment.at) }}</span>
          </button>
        }
        <div class="menu-line" role="separator"></div>
        <button cdkMenuItem class="menu-item" (cdkMenuItemTriggered)="ask()" i18n>Choose a time…</button>
        @if (wake()) {
          <div class="menu-line" role="separator"></div>
          <button cdkMenuItem class="menu-item" (cdkMenuItemTriggered)="chosen.emit(null)" i18n>Not any more</button>
        }
      </div>
    </ng-template>
    @if (asking()) {
      <sb-dialog [heading]="label()" [open]="true" (closed)="asking.set(false)">
        <form [id]="id" (submit)="take($event, box.value)">
          <label class="field"
            ><span class="label" i18n>Until</span
            ><input #box class="input" type="datetime-local" required [value]="first()" [min]="least()" />
            <span class="hint" i18n>By the clock of {{ clock.zone() }}.</span></label
          >
        </form>
        <button action type="button" class="btn" (click)="asking.set(false)" i18n>Cancel</button>
        <button action class="btn btn-primary" [attr.form]="id" i18n>Put off</button>
      </sb-dialog>
    }
  `,
})
export class SnoozeMenu {
  /** What the button says to who points at it. */
  readonly label = input.required<string>();
  /** Whether it is put off already, and may be woken. */
  readonly wake = input(false);
  /** RFC 3339; null wakes it. */
  readonly chosen = output<string | null>();
  protected readonly ahead = inject(Moments);
  protected readonly clock = inject(Clock);
  protected readonly icon = lucideAlarmClock;
  protected readonly asking = signal(false);
  protected readonly id = `snooze-${++last}`;
  protected readonly moments = signal<readonly Moment[]>([]);
  protected readonly first = computed(() => {
    const last = this.moments().at(-1);
    return last ? this.ahead.toField(last.at) : '';
  });
  protected readonly least = computed(() => this.ahead.toField(new Date(this.clock.minute()).toISOString()));
  private readonly trigger = viewChild.required(CdkMenuTrigger);

  /** Opens it by the keyboard of a list. */
  open(): void {
    this.trigger().open();
  }

  protected ask(): void {
    // After the menu gave the focus back, so that closing gives it back there.
    setTimeout(() => this.asking.set(true));
  }

  protected take(event: Event, text: string): void {
    event.preventDefault();
    const at = this.ahead.fromField(text);
    if (at === undefined) return;
    this.asking.set(false);
    this.chosen.emit(at);
  }
}
