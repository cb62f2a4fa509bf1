import { ChangeDetectionStrategy, Component, computed, inject, input, resource, signal } from '@angular/core';
import { lucideRotateCw } from '@ng-icons/lucide';
import { problemOf, Requests, secretsList } from '../../api';
import { CurrentWorkspace } from '../../session';
import { Ago, Copy, Icon, ProblemNote, Skeleton } from '../../ui';
import { RotateDialog } from './rotate-dialog';
import { VerifySnippet } from './verify-snippet';

/** Which secrets sign now, the next one, and how a receiver checks. */
@Component({
  selector: 'sb-endpoint-signing',
  imports: [Ago, Copy, Icon, ProblemNote, RotateDialog, Skeleton, VerifySnippet],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  template: `
    @if (found.error(); as error) {
      <sb-problem-note [problem]="problemOf(error)" (retry)="found.reload()" />
    } @else if (!found.hasValue()) {
      <sb-skeleton [rows]="2" />
    } @else {
      <ul class="rows m-0 list-none p-0" aria-label="Secrets" i18n-aria-label>
        @for (secret of found.value().items; track secret.id) {
          <li class="flex flex-wrap items-center gap-x-3 gap-y-1 px-5 py-2.5">
            <span class="min-w-0 flex-1">
              @if (secret.publicKey; as key) {
                <span class="flex items-center gap-1">
                  <code class="truncate font-mono text-[0.8125rem]">{{ key }}</code>
                  <sb-copy [text]="key" label="Copy the public key" i18n-label />
                </span>
              } @else {
                <span i18n>Shared secret</span>
              }
              <span class="block text-xs text-muted">
                {{ secret.kind === 'ed25519' ? 'ed25519 · v1a' : 'HMAC-SHA-256 · v1' }} ·
                <span i18n>made</span>&ngsp;<sb-ago [at]="secret.createdAt" />
              </span>
            </span>
            @if (secret.expiresAt; as until) {
              <span class="badge badge-warn"><span i18n>signs until</span>&ngsp;<sb-ago [at]="until" /></span>
            } @else {
              <span class="badge badge-ok" i18n>signs</span>
            }
          </li>
        }
      </ul>
      @if (mayWrite()) {
        <div class="border-t border-line px-5 py-3">
          <button type="button" class="btn btn-small" (click)="rotating.set(true)">
            <sb-icon [svg]="icons.lucideRotateCw" [size]="16" /><span i18n>Rotate</span>
          </button>
        </div>
      }
      <details class="border-t border-line">
        <summary class="cursor-pointer px-5 py-3 font-medium" i18n>How the receiver checks it</summary>
        <sb-verify-snippet class="px-5 pb-5" [kind]="kind()" [url]="url()" />
      </details>
      @if (rotating()) {
        <sb-rotate-dialog
          [endpointId]="endpointId()"
          [kind]="kind()"
          (rotated)="found.reload()"
          (closed)="rotating.set(false)"
        />
      }
    }
  `,
})
export class EndpointSigning {
  private readonly requests = inject(Requests);
  private readonly current = inject(CurrentWorkspace);
  readonly endpointId = input.required<string>();
  readonly url = input.required<string>();
  protected readonly icons = { lucideRotateCw };
  protected readonly problemOf = problemOf;
  protected readonly rotating = signal(false);
  protected readonly mayWrite = computed(() => this.current.may('webhooks:write'));
  protected readonly found = resource({
    params: () => this.endpointId(),
    loader: ({ params: endpointId }) =>
      this.requests.ask(secretsList, { workspaceId: this.current.required(), endpointId }),
  });
  protected readonly kind = computed(
    () => (this.found.hasValue() ? this.found.value().items[0]?.kind : undefined) ?? 'hmac',
  );
}
