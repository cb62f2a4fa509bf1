import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { lucideRadio } from '@ng-icons/lucide';
import { CurrentWorkspace } from '../session';
import { EmptyState, Page } from '../ui';

/** What happened, and what needs the person. */
@Component({
  selector: 'sb-home',
  imports: [EmptyState, Page],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-page [heading]="workspace()?.name ?? ''" i18n-lead lead="What happened, and what needs you.">
      <div class="panel">
        <sb-empty-state [icon]="icon" i18n-title title="Nothing has happened yet" i18n
          >Events of this workspace appear here as they happen.</sb-empty-state
        >
      </div>
    </sb-page>
  `,
})
export class HomePage {
  protected readonly workspace = inject(CurrentWorkspace).workspace;
  protected readonly icon = lucideRadio;
}
