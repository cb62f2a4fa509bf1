import { ChangeDetectionStrategy, Component, inject, resource, signal } from '@angular/core';
import { email, form, FormField as Field, required } from '@angular/forms/signals';
import { type Item, operatorsAdd, operatorsList, operatorsRemove, problemOf, Requests } from '../../api';
import { Session } from '../../session';
import { Ago, Confirm, Page, ProblemNote, Skeleton, Toasts } from '../../ui';
import { FormField, FormProblem, send, sending } from '../../ui/form';
import { AccessHelp } from './access-help';

type Operator = Item<typeof operatorsList>;

/** Who runs the instance, and what operators do for people who cannot get in. */
@Component({
  selector: 'sb-operators',
  imports: [AccessHelp, Ago, Field, FormField, FormProblem, Page, ProblemNote, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './operators.html',
})
export class Operators {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly confirm = inject(Confirm);
  protected readonly me = inject(Session).person;
  protected readonly problemOf = problemOf;
  protected readonly busy = signal(false);
  protected readonly sending = sending();
  protected readonly grant = form(signal({ email: '' }), (path) => {
    required(path.email, { message: $localize`An address is needed.` });
    email(path.email, { message: $localize`This is not an address.` });
  });
  protected readonly found = resource({ loader: () => this.requests.ask(operatorsList, {}) });

  protected async add(event: Event): Promise<void> {
    event.preventDefault();
    const taken = await send(this.grant, this.sending, async (body) => {
      const { name } = await this.requests.ask(operatorsAdd, { body });
      this.toasts.say({ text: $localize`${name}:name: is an operator now` });
    });
    if (!taken) return;
    this.grant().reset({ email: '' });
    this.found.reload();
  }

  protected async remove({ userId, name }: Operator): Promise<void> {
    const yes = await this.confirm.ask({
      heading: $localize`Make ${name}:name: an operator no more?`,
      text: $localize`They keep their account and workspaces. It holds within a second.`,
      action: $localize`Revoke`,
      bad: true,
    });
    if (!yes) return;
    this.busy.set(true);
    try {
      await this.requests.ask(operatorsRemove, { userId });
      this.toasts.say({ text: $localize`${name}:name: is an operator no more` });
      this.found.reload();
    } catch (error) {
      this.toasts.problem(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }
}
