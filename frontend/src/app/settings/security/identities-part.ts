import { ChangeDetectionStrategy, Component, computed, inject, resource, signal } from '@angular/core';
import { identitiesList, identitiesUnlink, type Item, problemOf, Requests } from '../../api';
import { Journeys } from '../../accounts/sign-in/journeys';
import { SignInOptions } from '../../accounts/sign-in/sign-in-options';
import { Ago, Confirm, ProblemNote, Skeleton, Toasts } from '../../ui';

type Identity = Item<typeof identitiesList>;

/** Accounts at other issuers that sign the person in: linked and unlinked. */
@Component({
  selector: 'sb-identities-part',
  imports: [Ago, ProblemNote, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (asked.error(); as error) {
      <sb-problem-note [problem]="problemOf(error)" (retry)="asked.reload()" />
    } @else if (asked.hasValue()) {
      <div class="grid justify-items-start gap-3">
        @if (linked().length > 0) {
          <ul class="rows panel m-0 w-full list-none p-0">
            @for (identity of linked(); track identity.id) {
              <li class="flex items-center gap-4 px-5 py-3">
                <div class="min-w-0 flex-1">
                  <p class="m-0 flex flex-wrap items-center gap-2 font-medium">
                    {{ identity.providerName }}
                    @if (!identity.available) {
                      <span class="badge badge-warn" i18n>Not offered any more</span>
                    }
                  </p>
                  <p class="m-0 text-muted wrap-anywhere">
                    @if (identity.email) {
                      {{ identity.email }} ·
                    }
                    <ng-container i18n>linked <sb-ago [at]="identity.createdAt" /></ng-container>
                  </p>
                </div>
                <button type="button" class="btn btn-small" (click)="unlink(identity)" i18n>Unlink</button>
              </li>
            }
          </ul>
        }
        <div class="flex flex-wrap gap-2">
          @for (provider of offered(); track provider.id) {
            <button type="button" class="btn" [attr.aria-disabled]="busy()" (click)="link(provider.id)" i18n>
              Link {{ provider.name }}
            </button>
          }
        </div>
        @if (linked().length === 0 && options.providers().length === 0) {
          <p class="m-0 text-muted" i18n>
            This console trusts no other issuer. Its operators can add some in the settings.
          </p>
        }
      </div>
    } @else {
      <sb-skeleton [rows]="1" [height]="56" />
    }
  `,
})
export class IdentitiesPart {
  private readonly requests = inject(Requests);
  private readonly journeys = inject(Journeys);
  private readonly confirm = inject(Confirm);
  private readonly toasts = inject(Toasts);
  protected readonly options = inject(SignInOptions);

  protected readonly problemOf = problemOf;
  protected readonly asked = resource({ loader: () => this.requests.ask(identitiesList, {}) });
  protected readonly linked = computed(() => (this.asked.hasValue() ? this.asked.value().items : []));
  protected readonly offered = computed(() =>
    this.options.providers().filter(({ id }) => !this.linked().some(({ provider }) => provider === id)),
  );
  protected readonly busy = signal(false);

  protected async link(provider: string): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    try {
      await this.journeys.link(provider, '/settings/security');
    } catch (error) {
      this.toasts.problem(problemOf(error));
    } finally {
      this.busy.set(false);
    }
  }

  protected async unlink({ id, providerName }: Identity): Promise<void> {
    const sure = await this.confirm.ask({
      heading: $localize`Unlink ${providerName}:provider:`,
      text: $localize`It does not sign you in here any more. Your account there stays as it is.`,
      action: $localize`Unlink`,
      bad: true,
    });
    if (!sure) return;
    try {
      await this.requests.ask(identitiesUnlink, { identityId: id });
      this.asked.reload();
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }
}
