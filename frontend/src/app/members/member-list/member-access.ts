import { ChangeDetectionStrategy, Component, computed, inject, input, output, resource } from '@angular/core';
import { lucideShieldAlert, lucideShieldCheck } from '@ng-icons/lucide';
import { memberAccessOf, problemOf, Requests } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Dialog, Icon, ProblemNote, Skeleton } from '../../ui';
import type { Member } from './member.store';

/** What a member can do here, and why. */
@Component({
  selector: 'sb-member-access',
  imports: [Dialog, Icon, ProblemNote, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-dialog [heading]="heading()" [open]="true" [wide]="true" (closed)="closed.emit()">
      @if (problem(); as wrong) {
        <sb-problem-note [problem]="wrong" (retry)="found.reload()" />
      } @else if (access(); as one) {
        <p class="m-0">{{ one.because }}</p>
        <p class="mt-2 mb-4 flex items-center gap-2 text-muted">
          <sb-icon
            [class.text-ok]="one.secondFactor.held"
            [class.text-warn]="!one.secondFactor.held"
            [svg]="one.secondFactor.held ? icons.lucideShieldCheck : icons.lucideShieldAlert"
            [size]="16"
          />
          {{ one.secondFactor.because }}
        </p>
        @if (one.permissions.length) {
          <ul class="rows m-0 list-none rounded-[10px] border border-line p-0">
            @for (permission of one.permissions; track permission.name) {
              <li class="px-4 py-2">
                <span class="block">{{ permission.sentence }}</span>
                <span class="hint"
                  ><code class="font-mono">{{ permission.name }}</code> · {{ permission.because }}</span
                >
              </li>
            }
          </ul>
        }
        @if (one.keys.length) {
          <h3 class="mt-5 mb-2 text-sm font-semibold" i18n>API keys</h3>
          <ul class="rows m-0 list-none rounded-[10px] border border-line p-0">
            @for (key of one.keys; track key.id) {
              <li class="px-4 py-2">
                <span class="font-medium">{{ key.name }}</span> <code class="font-mono text-xs">…{{ key.hint }}</code>
                <span class="hint block">{{ key.because }} {{ key.permissions.join(', ') }}</span>
              </li>
            }
          </ul>
        }
      } @else {
        <sb-skeleton [rows]="6" />
      }
      <button action type="button" class="btn" (click)="closed.emit()" i18n>Close</button>
    </sb-dialog>
  `,
})
export class MemberAccess {
  private readonly requests = inject(Requests);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  readonly member = input.required<Member>();
  readonly closed = output();
  protected readonly icons = { lucideShieldAlert, lucideShieldCheck };
  protected readonly heading = computed(() => $localize`What ${this.member().name}:member: can do here`);
  protected readonly found = resource({
    params: () => this.member().userId,
    loader: ({ params }) => this.requests.ask(memberAccessOf, { workspaceId: this.workspaceId, userId: params }),
  });
  protected readonly access = computed(() => (this.found.hasValue() ? this.found.value() : undefined));
  protected readonly problem = computed(() => {
    const error = this.found.error();
    return error && problemOf(error);
  });
}
