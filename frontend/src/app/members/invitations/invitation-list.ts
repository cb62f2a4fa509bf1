import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { lucideMail } from '@ng-icons/lucide';
import { invitationsInvite, invitationsList, invitationsRevoke, type Item, problemOf, Requests } from '../../api';
import { Live } from '../../live/live';
import { People } from '../../people/people';
import { CurrentWorkspace } from '../../session';
import { type Act, Ago, EmptyState, Icon, More, Paged, ProblemNote, Skeleton, Toasts } from '../../ui';
import { RoleCatalogue } from '../role-catalogue';

type Invitation = Item<typeof invitationsList>;

/** Who was asked to join and has not yet. */
@Component({
  selector: 'sb-invitation-list',
  imports: [Ago, EmptyState, Icon, More, ProblemNote, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="panel overflow-hidden">
      @if (list.problem(); as problem) {
        <sb-problem-note [problem]="problem" (retry)="list.reload()" />
      } @else if (list.first()) {
        <sb-skeleton [rows]="4" [height]="60" />
      } @else if (list.empty()) {
        <sb-empty-state [icon]="icon" i18n-title title="No open invitations">
          <span i18n>Whom you invite gets a mail with a link. Until they use it, they stand here and keep a seat.</span>
        </sb-empty-state>
      } @else {
        <ul class="rows m-0 list-none p-0" aria-label="Open invitations" i18n-aria-label>
          @for (one of list.items(); track one.id) {
            <li class="flex items-center gap-3 px-5 py-2.5">
              <sb-icon class="text-muted" [svg]="icon" />
              <span class="min-w-0 flex-1">
                <span class="block truncate font-medium">{{ one.email }}</span>
                <span class="block truncate text-xs text-muted">
                  @if (inviter(one); as name) {
                    <ng-container i18n>invited by {{ name }}</ng-container> ·
                  }
                  <sb-ago [at]="one.createdAt" />
                </span>
              </span>
              <span class="text-right">
                <span class="block">{{ roles.nameOf(one.role, one.roleId) }}</span>
                @if (one.expired) {
                  <span class="badge badge-warn" i18n>too old</span>
                } @else {
                  <span class="text-xs text-muted" i18n>ends <sb-ago [at]="one.expiresAt" /></span>
                }
              </span>
              @if (mayWrite) {
                <sb-more [acts]="acts(one)" [label]="moreAbout(one)" />
              }
            </li>
          }
        </ul>
        @if (list.hasMore()) {
          <div class="border-t border-line p-3 text-center">
            <button type="button" class="btn btn-small" [disabled]="list.loading()" (click)="list.more()" i18n>
              Show more
            </button>
          </div>
        }
      }
    </div>
  `,
})
export class InvitationList {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly people = inject(People);
  private readonly current = inject(CurrentWorkspace);
  private readonly workspaceId = this.current.required();
  protected readonly roles = inject(RoleCatalogue);
  protected readonly icon = lucideMail;
  protected readonly mayWrite = this.current.may('members:write');
  protected readonly list = new Paged<Invitation>((cursor) =>
    this.requests.ask(invitationsList, {
      workspaceId: this.workspaceId,
      sort: '-createdAt',
      limit: 100,
      ...(cursor !== undefined && { cursor }),
    }),
  );

  constructor() {
    const again = () => void this.list.reload();
    again();
    inject(Live).watch({ workspaceId: this.workspaceId, filter: 'type:invitation.*' }, { event: again, reset: again });
  }

  protected inviter({ invitedBy }: Invitation): string | undefined {
    return invitedBy === null ? undefined : this.people.nameOf(invitedBy);
  }

  protected moreAbout({ email }: Invitation): string {
    return $localize`More about the invitation of ${email}:address:`;
  }

  protected acts(one: Invitation): Act[] {
    return [
      { title: $localize`Send a new link`, run: () => this.again(one) },
      { title: $localize`Take back`, bad: true, run: () => this.revoke(one) },
    ];
  }

  private async again(one: Invitation): Promise<void> {
    try {
      await this.invite(one);
      this.toasts.say({
        text: $localize`${one.email}:address: gets a new link; the earlier one does not work any more`,
      });
      await this.list.reload();
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }

  private async revoke(one: Invitation): Promise<void> {
    const back = this.list.take(one.id);
    try {
      await this.requests.ask(invitationsRevoke, { workspaceId: this.workspaceId, invitationId: one.id });
      this.toasts.say({
        text: $localize`The invitation of ${one.email}:address: is taken back`,
        action: { label: $localize`Invite again`, run: () => this.again(one) },
      });
    } catch (error) {
      back();
      this.toasts.problem(problemOf(error));
    }
  }

  private invite({ email, role, roleId }: Invitation): Promise<Invitation> {
    return this.requests.ask(invitationsInvite, {
      workspaceId: this.workspaceId,
      body: { email, ...(role === 'custom' ? { roleId: roleId ?? '' } : { role }) },
    });
  }
}
