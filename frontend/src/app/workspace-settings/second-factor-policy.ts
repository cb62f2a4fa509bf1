import { ChangeDetectionStrategy, Component, computed, inject, resource, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { policyChange, policyRead, type Problem, problemOf, Requests } from '../api';
import { Live } from '../live/live';
import { CurrentWorkspace } from '../session';
import { Confirm, ProblemNote, Skeleton, Toasts } from '../ui';

/** Whether the workspace asks its people for a second factor. */
@Component({
  selector: 'sb-second-factor-policy',
  imports: [ProblemNote, RouterLink, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (failed(); as problem) {
      <sb-problem-note [problem]="problem" (retry)="read.reload()" />
    } @else if (policy(); as now) {
      <div>
        <label class="check">
          <input
            #box
            type="checkbox"
            [checked]="now.required"
            [disabled]="!mayWrite() || sending()"
            (change)="turn(box)"
          />
          <span
            ><span class="font-medium" i18n>Ask for a second factor</span>
            <span class="hint block" i18n
              >Who has no authenticator app or passkey cannot open the workspace until they set one up; nor can their
              API keys. They are told by mail.</span
            ></span
          >
        </label>
        <p class="hint mt-2 mb-0 pl-6.5">
          @if (now.membersWithout) {
            <ng-container i18n>{now.membersWithout, plural,
              =1 {1 member has none yet.}
              other {{{ now.membersWithout }} members have none yet.}
            }</ng-container>
          } @else {
            <ng-container i18n>Every member has one.</ng-container>
          }
        </p>
        @if (refused(); as problem) {
          <p class="mt-3 mb-0 rounded-[10px] bg-bad-soft px-3 py-2 text-bad" role="alert">
            {{ problem.message }}
            <a class="underline" routerLink="/settings/security" i18n>To your security settings</a>
          </p>
        }
      </div>
    } @else {
      <sb-skeleton [rows]="1" />
    }
  `,
})
export class SecondFactorPolicy {
  private readonly requests = inject(Requests);
  private readonly confirm = inject(Confirm);
  private readonly toasts = inject(Toasts);
  private readonly current = inject(CurrentWorkspace);
  private readonly workspaceId = this.current.required();
  protected readonly mayWrite = computed(() => this.current.may('workspace:write'));
  protected readonly sending = signal(false);
  protected readonly refused = signal<Problem | undefined>(undefined);
  protected readonly read = resource({
    loader: () => this.requests.ask(policyRead, { workspaceId: this.workspaceId }),
  });
  protected readonly policy = computed(() => (this.read.hasValue() ? this.read.value() : undefined));
  protected readonly failed = computed(() => {
    const error = this.read.error();
    return error && problemOf(error);
  });

  constructor() {
    const again = () => void this.read.reload();
    inject(Live).watch(
      { workspaceId: this.workspaceId, filter: 'type:workspace.second_factor_policy_changed' },
      { event: again, reset: again },
    );
  }

  protected async turn(box: HTMLInputElement): Promise<void> {
    const required = box.checked;
    const without = this.policy()?.membersWithout ?? 0;
    if (required && without > 0 && !(await this.sure(without))) {
      box.checked = false;
      return;
    }
    this.sending.set(true);
    this.refused.set(undefined);
    try {
      this.read.set(await this.requests.ask(policyChange, { workspaceId: this.workspaceId, body: { required } }));
      this.toasts.say({
        text: required
          ? $localize`The workspace asks for a second factor now`
          : $localize`No second factor is asked for any more`,
      });
    } catch (error) {
      box.checked = !required;
      this.refused.set(problemOf(error));
    } finally {
      this.sending.set(false);
    }
  }

  private sure(without: number): Promise<boolean> {
    return this.confirm.ask({
      heading: $localize`Ask for a second factor?`,
      text: $localize`${without}:count: members have none: the workspace closes to them, and to their API keys, until they set one up.`,
      action: $localize`Ask for it`,
    });
  }
}
