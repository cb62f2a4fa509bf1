import { ChangeDetectionStrategy, Component, computed, input, signal } from '@angular/core';
import { lucideSend } from '@ng-icons/lucide';
import { Icon, Secret } from '../../ui';
import { type Scheme, wordsOf } from './schemes';
import { signedRequest } from './signed-request';

/** Address and secret of an incoming hook, the one time that the secret is seen, with a test while it is. */
@Component({
  selector: 'sb-incoming-secret',
  imports: [Icon, Secret],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'grid gap-4' },
  template: `
    <div class="field">
      <span class="label" i18n>Address</span>
      <sb-secret [value]="url()" note="It is shown again." i18n-note />
    </div>
    <div class="field">
      <span class="label" i18n>Secret</span>
      <sb-secret [value]="secret()" />
    </div>
    <ol class="m-0 grid list-decimal gap-1.5 pl-5 text-muted">
      @for (step of words().steps; track step) {
        <li>{{ step }}</li>
      }
    </ol>
    <div class="flex flex-wrap items-center gap-3">
      <button type="button" class="btn btn-small" [disabled]="busy()" (click)="test()">
        <sb-icon [svg]="icons.lucideSend" [size]="16" /><span i18n>Send a test request</span>
      </button>
      @if (outcome(); as one) {
        <span role="status" [class]="one.good ? 'text-ok' : 'text-bad'">{{ one.text }}</span>
      }
    </div>
  `,
})
export class IncomingSecret {
  readonly url = input.required<string>();
  readonly secret = input.required<string>();
  readonly scheme = input.required<Scheme>();
  protected readonly icons = { lucideSend };
  protected readonly words = computed(() => wordsOf(this.scheme()));
  protected readonly busy = signal(false);
  protected readonly outcome = signal<{ readonly good: boolean; readonly text: string } | undefined>(undefined);

  /** From this page, as its sender would: by path, for the public address may be known to the outside alone. */
  protected async test(): Promise<void> {
    this.busy.set(true);
    try {
      const { headers, body } = await signedRequest(this.scheme(), this.secret());
      const answer = await fetch(new URL(this.url()).pathname, { method: 'POST', headers, body, credentials: 'omit' });
      this.outcome.set(
        answer.ok
          ? { good: true, text: $localize`Taken: it shows among what was received.` }
          : { good: false, text: $localize`Answered ${answer.status}:status:.` },
      );
    } catch {
      // The network is away, as the browser says without a reason.
      this.outcome.set({ good: false, text: $localize`No answer came.` });
    } finally {
      this.busy.set(false);
    }
  }
}
