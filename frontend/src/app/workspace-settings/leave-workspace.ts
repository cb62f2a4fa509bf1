import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Leaving } from '../members/leaving';
import { CurrentWorkspace } from '../session';

/** The way out, and what an owner does before. */
@Component({
  selector: 'sb-leave-workspace',
  imports: [RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="grid justify-items-start gap-3">
      <p class="m-0 text-muted">
        @if (workspace()?.role === 'owner') {
          <ng-container i18n
            >The last owner cannot leave. <a class="link" routerLink="../members">Hand the workspace over</a> to another
            member first, or make one an owner. A workspace in which nobody else is goes with its owner's
            account.</ng-container
          >
        } @else {
          <ng-container i18n>What you made stays, your API keys here are revoked, and your alerts end.</ng-container>
        }
      </p>
      <button type="button" class="btn btn-bad" (click)="leaving.leave()" i18n>Leave this workspace</button>
    </div>
  `,
})
export class LeaveWorkspace {
  protected readonly leaving = inject(Leaving);
  protected readonly workspace = inject(CurrentWorkspace).workspace;
}
