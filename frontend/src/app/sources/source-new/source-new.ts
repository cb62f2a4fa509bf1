import { ChangeDetectionStrategy, Component, computed, inject, input, signal } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { lucideArrowLeft } from '@ng-icons/lucide';
import { Requests, sourcesCreate } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Icon, Page } from '../../ui';
import { FormProblem, send, sending } from '../../ui/form';
import { SourceFields } from '../source-form/source-fields';
import { modelOf, newSource, sourceForm } from '../source-form/source-model';
import { type SourceKind, sourceKinds } from '../source-kinds';

/** Adds a source: first its kind, then what that kind needs. */
@Component({
  selector: 'sb-source-new',
  imports: [FormProblem, Icon, Page, RouterLink, SourceFields],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './source-new.html',
})
export class SourceNew {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  protected readonly icons = { lucideArrowLeft };
  protected readonly kinds = sourceKinds();
  /** In the address; any other word is none. */
  readonly kind = input<SourceKind | undefined, string | undefined>(undefined, {
    transform: (text) => this.kinds.find(({ kind }) => kind === text)?.kind,
  });
  protected readonly chosen = computed(() => this.kinds.find(({ kind }) => kind === this.kind()));
  private readonly model = signal(modelOf());
  protected readonly source = sourceForm(this.model, () => this.kind() ?? 'upload', true);
  protected readonly sending = sending();

  protected async add(event: Event, kind: SourceKind): Promise<void> {
    event.preventDefault();
    let id = '';
    const taken = await send(this.source, this.sending, async (model) => {
      ({ id } = await this.requests.ask(sourcesCreate, {
        workspaceId: this.workspaceId,
        body: newSource(kind, model),
      }));
    });
    // What was added is tried out at once, on its own page.
    if (taken)
      await this.router.navigate(['/workspaces', this.workspaceId, 'sources', id], {
        queryParams: { try: 'yes' },
        replaceUrl: true,
      });
  }
}
