import { ChangeDetectionStrategy, Component, effect, inject, input, signal, untracked } from '@angular/core';
import { RouterLink } from '@angular/router';
import { lucideArrowLeft } from '@ng-icons/lucide';
import { type Answer, endpointsCreate, Requests } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Icon, Page, Secret } from '../../ui';
import { FormProblem, send, sending } from '../../ui/form';
import { EndpointFields } from './endpoint-fields';
import { EndpointForm } from './endpoint-form';
import { EndpointNames } from './endpoint-names';
import { headersOf } from './header-rows';
import { VerifySnippet } from './verify-snippet';

/** Makes an endpoint, and shows what its requests are signed with, once. */
@Component({
  selector: 'sb-endpoint-make',
  imports: [EndpointFields, FormProblem, Icon, Page, RouterLink, Secret, VerifySnippet],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './endpoint-make.html',
})
export class EndpointMake {
  private readonly requests = inject(Requests);
  private readonly names = inject(EndpointNames);
  private readonly workspaceId = inject(CurrentWorkspace).required();
  /** The address to begin with, such as that of a debugging inbox. */
  readonly url = input<string>();
  protected readonly icons = { lucideArrowLeft };
  protected readonly form = new EndpointForm();
  protected readonly sending = sending();
  protected readonly kind = signal<'hmac' | 'ed25519'>('hmac');
  protected readonly made = signal<Answer<typeof endpointsCreate> | undefined>(undefined);

  constructor() {
    effect(() => {
      const url = this.url();
      if (url) untracked(() => this.form.text.update((text) => ({ ...text, url })));
    });
  }

  protected async make(event: Event): Promise<void> {
    event.preventDefault();
    await send(this.form.fields, this.sending, async ({ target }) => {
      const headers = headersOf(this.form.headers());
      const body = {
        ...this.form.body(),
        target,
        secretKind: this.kind(),
        ...(Object.keys(headers).length > 0 && { headers }),
      };
      this.made.set(await this.requests.ask(endpointsCreate, { workspaceId: this.workspaceId, body }));
      this.names.reload();
    });
  }
}
