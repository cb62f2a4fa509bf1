import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { ThemeChoice, type Theme } from '../../preferences/theme';
import { Page } from '../../ui';
import { EmailPart } from './email-part';
import { PersonForm } from './person-form';

/** Who the person is here, and how things are shown to them. */
@Component({
  selector: 'sb-profile',
  imports: [EmailPart, Page, PersonForm],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <sb-page heading="Profile" i18n-heading lead="Who you are here, and how things are shown to you." i18n-lead>
      <section class="part">
        <div>
          <h2 i18n>You</h2>
          <p class="m-0 text-muted" i18n>
            Your name is what others see. Mails come in your language, at the times of your day.
          </p>
        </div>
        <sb-person-form />
      </section>
      <section class="part">
        <div>
          <h2 i18n>Email address</h2>
          <p class="m-0 text-muted" i18n>You sign in with it, and mails go there.</p>
        </div>
        <sb-email-part />
      </section>
      <section class="part">
        <div>
          <h2 i18n>Look</h2>
          <p class="m-0 text-muted" i18n>Of this browser alone.</p>
        </div>
        <fieldset class="m-0 grid gap-2 border-0 p-0 sm:grid-cols-3">
          <legend class="sr-only" i18n>Look</legend>
          @for (look of looks; track look.theme) {
            <label
              class="check items-center rounded-[10px] border border-line bg-surface px-3 py-2.5 hover:bg-raised has-checked:border-brand has-checked:bg-brand-soft"
            >
              <input
                type="radio"
                name="look"
                class="mt-0"
                [checked]="theme.theme() === look.theme"
                (change)="theme.theme.set(look.theme)"
              />
              <span>{{ look.name }}</span>
            </label>
          }
        </fieldset>
      </section>
    </sb-page>
  `,
})
export class Profile {
  protected readonly theme = inject(ThemeChoice);
  protected readonly looks: readonly { theme: Theme; name: string }[] = [
    { theme: 'system', name: $localize`As the system` },
    { theme: 'light', name: $localize`Light` },
    { theme: 'dark', name: $localize`Dark` },
  ];
}
