import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal, untracked } from '@angular/core';
import { form, FormField as Field } from '@angular/forms/signals';
import { Router, RouterLink } from '@angular/router';
import { Problem, problemOf, Requests, subscriptionsChange, subscriptionsCreate, subscriptionsOne } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Clock, Moments, Page, ProblemNote, Skeleton, Toasts } from '../../ui';
import { FormField, FormProblem, send, sending } from '../../ui/form';
import { type Subscription, targets } from '../subscription';
import { Backtest, DAYS } from './backtest';
import { besideOf, bodyOf, type Draft, draftOf, questionOf } from './draft';
import { FilterForm } from './filter-form';
import { PlanForm } from './plan-form';

/** Makes a subscription, or changes one: its filter as text and as a form, when it tells, and what it would have told. */
@Component({
  selector: 'sb-builder',
  imports: [Backtest, Field, FilterForm, FormField, FormProblem, Page, PlanForm, ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './builder.html',
})
export class Builder {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly toasts = inject(Toasts);
  private readonly moments = inject(Moments);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  protected readonly clock = inject(Clock);
  /** The one that is changed; a new one is made without it. */
  readonly subscriptionId = input<string>();
  /** What other pages fill in. */
  readonly filter = input<string>();
  readonly name = input<string>();
  readonly target = input<string>();

  protected readonly editing = $localize`Edit subscription`;
  protected readonly making = $localize`New subscription`;
  protected readonly keep = $localize`Save`;
  protected readonly subscribe = $localize`Subscribe`;
  protected readonly targets = targets();
  protected readonly sending = sending();
  private readonly model = signal<Draft>(draftOf({}));
  protected readonly draft = form(this.model);
  protected readonly ready = signal(false);
  protected readonly missing = signal<Problem | undefined>(undefined);
  /** Somebody else changed it since it was read here. */
  protected readonly overtaken = signal<Subscription | undefined>(undefined);
  /** What the server says of the filter. */
  protected readonly refused = signal<Problem | undefined>(undefined);
  private etag?: string;

  protected readonly text = computed(() => this.model().filter);
  protected readonly about = computed(() => this.model().target);
  protected readonly question = computed(() => questionOf(this.model(), DAYS), {
    equal: (a, b) => JSON.stringify(a) === JSON.stringify(b),
  });
  protected readonly example = computed(() => this.targets.find(({ id }) => id === this.about())?.example ?? '');
  /** The sentence about the filter, and what could stand there instead. */
  protected readonly fault = computed(() => {
    const problem = this.refused();
    if (problem?.code !== 'filter_refused') return undefined;
    const { position, suggestion } = problem.more as {
      position?: { start: number; end: number };
      suggestion?: string;
    };
    return { message: problem.of('filter') ?? problem.message, position, suggestion };
  });

  constructor() {
    effect(() => {
      const id = this.subscriptionId();
      const [filter, name, target] = [this.filter(), this.name(), this.target()];
      untracked(() => {
        if (id !== undefined) return void this.read(id);
        this.begin({ ...(filter && { filter }), ...(name && { name }), ...(target && { target }) });
      });
    });
  }

  protected write(filter: string): void {
    this.model.update((draft) => ({ ...draft, filter }));
  }

  protected take(suggestion: string, { start, end }: { start: number; end: number }): void {
    const text = this.text();
    this.write(text.slice(0, start) + suggestion + text.slice(end));
  }

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    const id = this.subscriptionId();
    let saved: Subscription | undefined;
    await send(this.draft, this.sending, async (draft) => {
      const body = bodyOf(draft, draft.expires ? (this.moments.fromField(draft.expires) ?? null) : null);
      try {
        saved =
          id === undefined
            ? await this.requests.ask(subscriptionsCreate, { workspaceId: this.workspaceId, body })
            : await this.change(id, body);
      } catch (error) {
        const problem = problemOf(error);
        if (problem.status === 412 && id !== undefined) await this.show(id);
        throw beside(problem);
      }
    });
    if (!saved) return;
    this.toasts.say({ text: id === undefined ? $localize`You are told of it from now on` : $localize`Saved` });
    await this.router.navigate(['/workspaces', this.workspaceId, 'subscriptions', saved.id]);
  }

  /** Shows what somebody else made of it, in the place of what is written here. */
  protected loadTheirs(): void {
    const theirs = this.overtaken();
    if (theirs) this.begin(theirs);
    this.overtaken.set(undefined);
    this.sending.problem.set(undefined);
  }

  protected async read(id: string): Promise<void> {
    this.missing.set(undefined);
    try {
      this.begin(await this.fetch(id));
    } catch (error) {
      this.missing.set(problemOf(error));
    }
  }

  private begin(one: Partial<Subscription>): void {
    this.model.set(draftOf(one, one.expiresAt ? this.moments.toField(one.expiresAt) : ''));
    this.draft().reset();
    this.ready.set(true);
  }

  private async show(id: string): Promise<void> {
    this.overtaken.set(await this.fetch(id));
  }

  private async fetch(subscriptionId: string): Promise<Subscription> {
    const { body, headers } = await this.requests.response(subscriptionsOne, {
      workspaceId: this.workspaceId,
      subscriptionId,
    });
    this.etag = headers.get('ETag') ?? undefined;
    return body;
  }

  private change(subscriptionId: string, whole: ReturnType<typeof bodyOf>): Promise<Subscription> {
    const { target: _target, shared: _shared, ...body } = whole;
    return this.requests.ask(subscriptionsChange, {
      workspaceId: this.workspaceId,
      subscriptionId,
      ...(this.etag && { 'If-Match': this.etag }),
      body,
    });
  }
}

/** The same refusal, each part beside the field of the form that it stands in. */
function beside(problem: Problem): Problem {
  const { status, code, message, fields, requestId, retryAfter, more } = problem;
  const moved = fields.map((one) => ({ ...one, path: besideOf(one.path) }));
  return new Problem(status, code, message, moved, requestId, retryAfter, more);
}
