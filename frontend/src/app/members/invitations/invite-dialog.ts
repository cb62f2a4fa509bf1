import { ChangeDetectionStrategy, Component, computed, inject, output, signal } from '@angular/core';
import { lucideCircleCheck, lucideCircleX } from '@ng-icons/lucide';
import { invitationsInvite, problemOf, Requests } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Dialog, Icon, Toasts } from '../../ui';
import { roleBody } from '../role-catalogue';
import { RoleChoice } from '../role-choice';
import { addresses } from './addresses';

interface Outcome {
  readonly email: string;
  /** Why it was not sent; undefined when it was. */
  readonly refused?: string;
}

/** Invites several people at once. Who could not be invited stays in the field, with the reason beside. */
@Component({
  selector: 'sb-invite-dialog',
  imports: [Dialog, Icon, RoleChoice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog heading="Invite people" i18n-heading [open]="true" (closed)="closed.emit()">
      <form id="invite" class="grid gap-4" (submit)="$event.preventDefault(); invite()">
        <label class="field">
          <span class="label" i18n>Addresses</span>
          <textarea
            #box
            class="input min-h-24"
            autocomplete="off"
            spellcheck="false"
            placeholder="ben@example.com, cleo@example.com"
            aria-describedby="invite-hint"
            [value]="text()"
            (input)="text.set(box.value)"
          ></textarea>
          <span id="invite-hint" class="hint" i18n
            >As many as you like, by commas or lines; a list out of a mail program works. Each gets a link that is good
            for seven days.</span
          >
        </label>
        <sb-role-choice [builtIn]="builtIn" [(value)]="role" />
      </form>
      @if (outcomes().length) {
        <ul class="mt-4 mb-0 grid list-none gap-1.5 p-0" role="status">
          @for (one of outcomes(); track one.email) {
            <li class="flex gap-2">
              <sb-icon
                class="mt-0.5"
                [class.text-ok]="!one.refused"
                [class.text-bad]="one.refused"
                [svg]="one.refused ? icons.lucideCircleX : icons.lucideCircleCheck"
                [size]="16"
              />
              <span class="min-w-0 wrap-anywhere"
                >{{ one.email }} <span class="text-muted">{{ one.refused ?? invitedWord }}</span></span
              >
            </li>
          }
        </ul>
      }
      <button action type="button" class="btn" (click)="closed.emit()" i18n>Cancel</button>
      <button action form="invite" class="btn btn-primary" [disabled]="!found().length || sending()" i18n>
        {found().length, plural, =0 {Invite} =1 {Invite 1 person} other {Invite {{ found().length }} people}}
      </button>
    </sb-dialog>
  `,
})
export class InviteDialog {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly current = inject(CurrentWorkspace);
  private readonly workspaceId = this.current.required();
  readonly closed = output();
  /** At least one person was invited. */
  readonly invited = output();
  protected readonly icons = { lucideCircleCheck, lucideCircleX };
  protected readonly invitedWord = $localize`is invited`;
  protected readonly builtIn =
    this.current.workspace()?.role === 'owner' ? ['owner', 'admin', 'member', 'viewer'] : ['admin', 'member', 'viewer'];
  protected readonly text = signal('');
  protected readonly role = signal('member');
  protected readonly found = computed(() => addresses(this.text()));
  protected readonly sending = signal(false);
  protected readonly outcomes = signal<readonly Outcome[]>([]);

  protected async invite(): Promise<void> {
    const wanted = this.found();
    this.sending.set(true);
    this.outcomes.set([]);
    // One after the other: at the limit of the plan the first ones get the seats.
    for (const email of wanted) {
      const outcome = await this.inviteOne(email);
      this.outcomes.update((all) => [...all, outcome]);
    }
    this.sending.set(false);
    const refused = this.outcomes().filter((one) => one.refused !== undefined);
    this.text.set(refused.map(({ email }) => email).join('\n'));
    if (refused.length < wanted.length) this.invited.emit();
    if (refused.length > 0) return;
    this.toasts.say({
      text:
        wanted.length === 1
          ? $localize`${wanted[0]}:address: is invited`
          : $localize`${wanted.length}:count: people are invited`,
    });
    this.closed.emit();
  }

  private async inviteOne(email: string): Promise<Outcome> {
    try {
      await this.requests.ask(invitationsInvite, {
        workspaceId: this.workspaceId,
        body: { email, ...roleBody<'owner' | 'admin' | 'member' | 'viewer'>(this.role()) },
      });
      return { email };
    } catch (error) {
      const problem = problemOf(error);
      return { email, refused: problem.of('email') ?? problem.message };
    }
  }
}
