import { ChangeDetectionStrategy, Component, computed, inject, resource, signal } from '@angular/core';
import { email, form, FormField as Field, required } from '@angular/forms/signals';
import { emailChangesAsk, emailChangesCancel, emailChangesPending, Problem, problemOf, Requests } from '../../api';
import { Session } from '../../session';
import { Ago, Dialog, Toasts } from '../../ui';
import { FormField, FormProblem, send, sending } from '../../ui/form';

/** The address, and moving to another one. */
@Component({
  selector: 'sb-email-part',
  imports: [Ago, Dialog, Field, FormField, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="grid gap-3">
      <div class="panel flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
        <p class="m-0 min-w-0 flex-1 font-medium wrap-anywhere">{{ session.person()?.email }}</p>
        @if (session.person()?.emailVerified) {
          <span class="badge badge-ok" i18n>Confirmed</span>
        } @else {
          <span class="badge badge-warn" i18n>Not confirmed</span>
        }
        <button type="button" class="btn btn-small" (click)="asking.set(true)" i18n>Change</button>
      </div>
      @if (waiting(); as change) {
        <div class="panel flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
          <p class="m-0 min-w-0 flex-1" role="status" i18n>
            We mailed a link to <strong class="wrap-anywhere">{{ change.email }}</strong>. Your account moves there when
            it is opened; the link ends <sb-ago [at]="change.expiresAt" />.
          </p>
          <button type="button" class="btn btn-small" (click)="cancel()" i18n>Take it back</button>
        </div>
      }
    </div>
    <sb-dialog heading="Change your address" i18n-heading [open]="asking()" (closed)="close()">
      <form id="email-change" class="grid gap-4" novalidate (submit)="ask($event)">
        <p class="m-0 text-muted" i18n>
          We mail a link to the new address. Nothing changes before it is opened; your present address is told, and can
          undo it.
        </p>
        <sb-form-field label="New address" i18n-label [field]="wanted.email"
          ><input class="input" type="email" autocomplete="email" [formField]="wanted.email"
        /></sb-form-field>
        <sb-form-problem [of]="sending.problem()" />
      </form>
      <button action type="button" class="btn" (click)="close()" i18n>Cancel</button>
      <button action form="email-change" class="btn btn-primary" [attr.aria-disabled]="wanted().submitting()" i18n>
        Send the link
      </button>
    </sb-dialog>
  `,
})
export class EmailPart {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  protected readonly session = inject(Session);

  private readonly pending = resource({ loader: () => this.readPending() });
  protected readonly waiting = computed(() => (this.pending.hasValue() ? this.pending.value() : undefined));
  protected readonly asking = signal(false);
  protected readonly sending = sending();
  protected readonly wanted = form(signal({ email: '' }), (path) => {
    required(path.email, { message: $localize`An address is needed.` });
    email(path.email, { message: $localize`This is not an address.` });
  });

  protected async ask(event: Event): Promise<void> {
    event.preventDefault();
    const taken = await send(this.wanted, this.sending, (body) => this.requests.ask(emailChangesAsk, { body }));
    if (!taken) return;
    this.close();
    this.pending.reload();
  }

  protected async cancel(): Promise<void> {
    const change = this.waiting();
    this.pending.set(undefined);
    try {
      await this.requests.ask(emailChangesCancel, {});
      this.toasts.say({ text: $localize`Your address stays as it is.` });
    } catch (error) {
      this.pending.set(change);
      this.toasts.problem(problemOf(error));
    }
  }

  protected close(): void {
    this.asking.set(false);
    this.wanted().reset({ email: '' });
    this.sending.problem.set(undefined);
  }

  /** None is waiting where the server knows none. */
  private async readPending() {
    try {
      return await this.requests.ask(emailChangesPending, {});
    } catch (error) {
      if (error instanceof Problem && error.status === 404) return undefined;
      throw error;
    }
  }
}
