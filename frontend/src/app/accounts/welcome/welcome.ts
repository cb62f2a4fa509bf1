import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { ActivatedRoute, Router } from '@angular/router';
import { CurrentWorkspace, Session } from '../../session';
import { FirstSubscription } from './first-subscription';
import { NameWorkspace } from './name-workspace';
import { OfferSample } from './offer-sample';

const STEPS = 3;

/** The first minutes: a workspace, something in it, and something to hear of. */
@Component({
  selector: 'sb-welcome',
  imports: [FirstSubscription, NameWorkspace, OfferSample],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <p class="m-0 mb-4 flex items-center gap-3 text-muted" role="status">
      <span class="flex gap-1" aria-hidden="true">
        @for (one of steps; track one) {
          <span class="h-1.5 w-6 rounded-full" [class]="one <= step() ? 'bg-brand' : 'bg-raised'"></span>
        }
      </span>
      <span i18n>Step {{ step() }} of {{ steps.length }}</span>
    </p>
    @if (workspaceId(); as id) {
      @switch (step()) {
        @case (2) {
          <sb-offer-sample [workspaceId]="id" (done)="step.set(3)" />
        }
        @case (3) {
          <sb-first-subscription [workspaceId]="id" (done)="finish(id)" />
        }
        @default {
          <sb-name-workspace [workspaceId]="id" (named)="begin($event)" />
        }
      }
    } @else {
      <sb-name-workspace (named)="begin($event)" />
    }
  `,
})
export class Welcome {
  private readonly router = inject(Router);
  private readonly session = inject(Session);
  protected readonly steps = Array.from({ length: STEPS }, (_, index) => index + 1);
  protected readonly step = signal(1);
  /** The workspace that is set up: one's own, if there is one and not another is wanted. */
  protected readonly workspaceId = signal(
    inject(ActivatedRoute).snapshot.queryParamMap.has('new')
      ? undefined
      : ownWorkspace(this.session, inject(CurrentWorkspace)),
  );

  protected begin(workspaceId: string): void {
    this.workspaceId.set(workspaceId);
    this.step.set(2);
  }

  protected async finish(workspaceId: string): Promise<void> {
    await this.router.navigateByUrl(`/workspaces/${workspaceId}`);
  }
}

function ownWorkspace(session: Session, current: CurrentWorkspace): string | undefined {
  const own = session.workspaces().filter(({ role }) => role === 'owner');
  return (own.find(({ id }) => id === current.preferred()) ?? own[0])?.id;
}
