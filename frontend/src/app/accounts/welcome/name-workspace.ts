import { ChangeDetectionStrategy, Component, inject, input, linkedSignal, output } from '@angular/core';
import { form, FormField as Field, required } from '@angular/forms/signals';
import { profileChange, Requests, workspacesChange, workspacesCreate } from '../../api';
import { Choices } from '../../preferences/choices';
import { Session } from '../../session';
import { FormField, FormProblem, send, sending } from '../../ui/form';

/** What the workspace is called, and how money and times are shown to its owner. */
@Component({
  selector: 'sb-name-workspace',
  imports: [Field, FormField, FormProblem],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h1 class="m-0 mb-1 text-xl font-semibold" i18n>Name your workspace</h1>
    <p class="m-0 mb-6 text-muted" i18n>
      Mail, deals and people come together in it. All of this can be changed later.
    </p>
    <form class="grid gap-4" novalidate (submit)="save($event)">
      <sb-form-field label="Workspace" i18n-label hint="Your team, or what you work on." i18n-hint [field]="choice.name"
        ><input class="input" autocomplete="organization" [formField]="choice.name"
      /></sb-form-field>
      <sb-form-field label="Your currency" i18n-label [field]="choice.currency"
        ><select class="input" [formField]="choice.currency">
          @for (one of choices.currencies; track one.value) {
            <option [value]="one.value">{{ one.name }}</option>
          }
        </select></sb-form-field
      >
      <sb-form-field label="Your time zone" i18n-label [field]="choice.timeZone"
        ><select class="input" [formField]="choice.timeZone">
          @for (group of zones; track group.region) {
            <optgroup [label]="group.region">
              @for (zone of group.zones; track zone.value) {
                <option [value]="zone.value">{{ zone.name }}</option>
              }
            </optgroup>
          }
        </select></sb-form-field
      >
      <sb-form-problem [of]="sending.problem()" />
      <button class="btn btn-primary" [attr.aria-disabled]="choice().submitting()" i18n>Continue</button>
    </form>
  `,
})
export class NameWorkspace {
  private readonly requests = inject(Requests);
  private readonly session = inject(Session);
  protected readonly choices = inject(Choices);
  /** The one that is there already. */
  readonly workspaceId = input<string>();
  readonly named = output<string>();

  protected readonly sending = sending();
  protected readonly zones = this.choices.zones(this.session.person()?.timeZone ?? 'UTC');
  protected readonly choice = form(
    linkedSignal(() => ({
      name: this.workspace()?.name ?? '',
      currency: this.session.person()?.currency ?? 'USD',
      timeZone: this.session.person()?.timeZone ?? 'UTC',
    })),
    (path) => required(path.name, { message: $localize`A name is needed.` }),
  );

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    let id = this.workspaceId();
    const taken = await send(this.choice, this.sending, async ({ name, currency, timeZone }) => {
      await this.requests.ask(profileChange, { body: { currency, timeZone } });
      if (id === undefined) ({ id } = await this.requests.ask(workspacesCreate, { body: { name } }));
      else if (name !== this.workspace()?.name)
        await this.requests.ask(workspacesChange, { workspaceId: id, body: { name } });
      await this.session.refresh();
    });
    if (taken && id !== undefined) this.named.emit(id);
  }

  private workspace() {
    return this.session.workspaces().find(({ id }) => id === this.workspaceId());
  }
}
