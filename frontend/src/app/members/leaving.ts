import { inject, Injectable } from '@angular/core';
import { Router } from '@angular/router';
import { ownMembershipsLeave, problemOf, Requests } from '../api';
import { CurrentWorkspace, Session } from '../session';
import { Confirm, Toasts } from '../ui';

/** The way out of a workspace. */
@Injectable({ providedIn: 'root' })
export class Leaving {
  private readonly requests = inject(Requests);
  private readonly confirm = inject(Confirm);
  private readonly toasts = inject(Toasts);
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly current = inject(CurrentWorkspace);

  /** Leaves the workspace of the address, after a question. The server refuses its last owner. */
  async leave(): Promise<void> {
    const name = this.current.workspace()?.name ?? '';
    const sure = await this.confirm.ask({
      heading: $localize`Leave ${name}:workspace:?`,
      text: $localize`It closes to you at once, and your API keys there are revoked. Only an invitation brings you back.`,
      action: $localize`Leave`,
      bad: true,
    });
    if (!sure) return;
    try {
      await this.requests.ask(ownMembershipsLeave, { membershipId: this.current.required() });
      await this.session.refresh();
      await this.router.navigateByUrl('/');
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }
}
