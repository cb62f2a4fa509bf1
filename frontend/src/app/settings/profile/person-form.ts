import { ChangeDetectionStrategy, Component, computed, inject, LOCALE_ID, linkedSignal, signal } from '@angular/core';
import { form, FormField as Field, required } from '@angular/forms/signals';
import { Problem, profileChange, profileRead, Requests } from '../../api';
import { Choices } from '../../preferences/choices';
import { languageOf } from '../../preferences/language';
import { type Person, Session } from '../../session';
import { Toasts } from '../../ui';
import { FormField, FormProblem, send, sending } from '../../ui/form';

type Mine = Pick<Person, 'name' | 'locale' | 'timeZone' | 'currency'>;

/** Name, language, time zone and currency. */
@Component({
  selector: 'sb-person-form',
  imports: [Field, FormField, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './person-form.html',
})
export class PersonForm {
  private readonly requests = inject(Requests);
  private readonly session = inject(Session);
  private readonly toasts = inject(Toasts);
  private readonly shown = languageOf(inject(LOCALE_ID));
  protected readonly choices = inject(Choices);

  protected readonly sending = sending();
  /** What the form began with: a change is refused when somebody else made one meanwhile. */
  private readonly base = signal<Person | undefined>(this.session.person());
  protected readonly mine = form(
    linkedSignal(() => mineOf(this.base())),
    (path) => required(path.name, { message: $localize`Your name is needed.` }),
  );
  protected readonly zones = this.choices.zones(this.session.person()?.timeZone ?? 'UTC');
  protected readonly languages = computed(() => languages(mineOf(this.base()).locale));
  /** What is there now, when somebody changed it since. */
  protected readonly theirs = signal<Person | undefined>(undefined);
  protected readonly unchanged = computed(
    () => JSON.stringify(this.mine().value()) === JSON.stringify(mineOf(this.base())),
  );

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    if (this.unchanged()) return;
    const taken = await send(this.mine, this.sending, async (body) => {
      try {
        await this.requests.ask(profileChange, { 'If-Match': `W/"${this.base()?.version}"`, body });
      } catch (error) {
        if (error instanceof Problem && error.status === 412) this.theirs.set(await this.requests.ask(profileRead, {}));
        throw error;
      }
      await this.session.refresh();
    });
    if (!taken) return;
    this.rebase(this.session.person());
    const { locale } = this.mine().value();
    if (languageOf(locale) === this.shown) this.toasts.say({ text: $localize`Saved` });
    // Words are loaded when the console opens.
    else location.reload();
  }

  /** Shows what somebody else saved. */
  protected takeTheirs(): void {
    this.rebase(this.theirs());
  }

  /** Keeps what is typed; the next attempt to save it goes over theirs. */
  protected keepMine(): void {
    const typed = this.mine().value();
    this.rebase(this.theirs());
    this.mine().value.set(typed);
  }

  private rebase(person: Person | undefined): void {
    this.base.set(person);
    this.theirs.set(undefined);
    this.sending.problem.set(undefined);
  }
}

const mineOf = (person: Person | undefined): Mine => {
  const { name = '', locale = 'en', timeZone = 'UTC', currency = 'USD' } = person ?? {};
  return { name, locale, timeZone, currency };
};

/** Those that the console speaks; and what the person has, such as German (Austria), in which dates and numbers of mails come. */
function languages(present: string): { value: string; name: string }[] {
  const known = [
    { value: 'en', name: 'English' },
    { value: 'zh-CN', name: '简体中文' },
  ];
  if (known.some(({ value }) => value === present)) return known;
  const name = new Intl.DisplayNames(present, { type: 'language' }).of(present) ?? present;
  return [{ value: present, name }, ...known];
}
