import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { CurrentWorkspace } from '../../session';
import { Code } from '../../ui';

/** How Zapier, Make and others subscribe by themselves. */
@Component({
  selector: 'sb-rest-hooks-note',
  imports: [Code, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    <details class="panel">
      <summary class="cursor-pointer px-5 py-3 font-medium" i18n>Zapier, Make and other tools</summary>
      <div class="grid gap-3 px-5 pb-5">
        <p class="m-0 text-muted">
          <ng-container i18n
            >They subscribe and unsubscribe by themselves, as REST hooks: give them an API key that may write webhooks.
            What they subscribe shows among the endpoints.</ng-container
          >
          <a class="link ml-1" [routerLink]="['/workspaces', workspaceId, 'keys']" i18n>Make an API key</a>
        </p>
        <sb-code [text]="subscribe" label="Subscribe" i18n-label />
        <p class="hint m-0" i18n>
          Make sends url and makeApiKey in place of hookUrl. DELETE …/hooks/ID ends it, and so does a 410 from the tool.
        </p>
        <sb-code [text]="samples" label="Samples" i18n-label />
      </div>
    </details>
  `,
})
export class RestHooksNote {
  protected readonly workspaceId = inject(CurrentWorkspace).required();
  private readonly base = `${location.origin}/api/v1/workspaces/${this.workspaceId}/hooks`;
  protected readonly subscribe = `curl -X POST '${this.base}' \\
  -H "Authorization: Bearer $API_KEY" -H 'content-type: application/json' \\
  -d '{"hookUrl":"https://hooks.zapier.com/hooks/standard/1/abc","event":"deal.found"}'`;
  protected readonly samples = `curl '${this.base}/samples?event=deal.found' -H "Authorization: Bearer $API_KEY"`;
}
