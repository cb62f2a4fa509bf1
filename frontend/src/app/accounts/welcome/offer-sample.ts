import { ChangeDetectionStrategy, Component, computed, inject, input, output, resource, signal } from '@angular/core';
import { lucideMailPlus, lucideSparkles } from '@ng-icons/lucide';
import { type Problem, problemOf } from '../../api';
import { Icon, Skeleton } from '../../ui';
import { FormProblem } from '../../ui/form';
import { Sample } from './sample';

/** Something to look at before the first mail of one's own came. */
@Component({
  selector: 'sb-offer-sample',
  imports: [FormProblem, Icon, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h1 class="m-0 mb-1 text-xl font-semibold" i18n>See it with something in it</h1>
    <p class="m-0 mb-6 text-muted" i18n>
      Five made-up newsletters, read the way your own mail will be. They come from a source called “Sample”, and you can
      take them out again on this page, at any time.
    </p>
    @if (there.isLoading()) {
      <sb-skeleton [rows]="2" [height]="44" />
    } @else {
      <div class="grid gap-2">
        <sb-form-problem [of]="problem()" />
        @if (sampled()) {
          <p class="m-0 mb-2 flex items-center gap-2 rounded-[10px] bg-ok-soft px-3 py-2 text-ok" role="status">
            <sb-icon [svg]="icons.lucideMailPlus" [size]="16" /><span i18n>The sample is in your workspace.</span>
          </p>
          <button type="button" class="btn btn-primary" (click)="done.emit()" i18n>Continue</button>
          <button type="button" class="btn" [attr.aria-disabled]="busy()" (click)="remove()" i18n>
            Take the sample out
          </button>
        } @else {
          <button type="button" class="btn btn-primary" [attr.aria-disabled]="busy()" (click)="add()">
            <sb-icon [svg]="icons.lucideSparkles" [size]="16" /><span i18n>Bring in the sample</span>
          </button>
          <button type="button" class="btn" (click)="done.emit()" i18n>Start with nothing</button>
        }
      </div>
    }
  `,
})
export class OfferSample {
  private readonly sample = inject(Sample);
  readonly workspaceId = input.required<string>();
  readonly done = output();

  protected readonly icons = { lucideMailPlus, lucideSparkles };
  protected readonly busy = signal(false);
  private readonly failed = signal<Problem | undefined>(undefined);
  protected readonly there = resource({
    params: () => this.workspaceId(),
    loader: async ({ params }) => (await this.sample.find(params)) !== undefined,
  });
  protected readonly sampled = computed(() => this.there.hasValue() && this.there.value());
  protected readonly problem = computed(
    () => this.failed() ?? (this.there.error() ? problemOf(this.there.error()) : undefined),
  );

  protected add(): Promise<void> {
    return this.attempt(async () => {
      await this.sample.add(this.workspaceId());
      this.there.set(true);
    });
  }

  protected remove(): Promise<void> {
    return this.attempt(async () => {
      await this.sample.remove(this.workspaceId());
      this.there.set(false);
    });
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.failed.set(undefined);
    try {
      await work();
    } catch (error) {
      this.failed.set(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }
}
