import { ChangeDetectionStrategy, Component, computed, inject, input, output, signal } from '@angular/core';
import { form, FormField as Field, required } from '@angular/forms/signals';
import { Session } from '../../session';
import { Dialog, Secret } from '../../ui';
import { FormField, FormProblem, send, sending } from '../../ui/form';
import { type Channel, ChannelsStore } from './channels.store';

/** Adds a channel, or changes one. The secret of a new webhook is shown once, here. */
@Component({
  selector: 'sb-channel-dialog',
  imports: [Dialog, Field, FormField, FormProblem, Secret],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './channel-dialog.html',
})
export class ChannelDialog {
  protected readonly store = inject(ChannelsStore);
  protected readonly session = inject(Session);
  /** The one that is changed; a new one is made without it. */
  readonly one = input<Channel>();
  readonly closed = output();
  protected readonly sending = sending();
  protected readonly secret = signal<string | undefined>(undefined);
  private readonly model = signal({
    kind: 'slack' as Channel['kind'],
    name: '',
    url: '',
    secret: '',
    workspaceId: this.store.workspaceId(),
    shared: false,
  });
  protected readonly channel = form(this.model, (path) => {
    required(path.name, { message: $localize`A name is needed.` });
  });
  protected readonly now = computed(() => this.model());
  protected readonly kind = computed(() => this.one()?.kind ?? this.now().kind);
  protected readonly heading = computed(() => (this.one() ? $localize`Change the channel` : $localize`Add a channel`));
  protected readonly placeholder = computed(
    () =>
      ({
        slack: 'https://hooks.slack.com/services/…',
        discord: 'https://discord.com/api/webhooks/…',
        webhook: 'https://example.com/notifications',
      })[this.kind()],
  );
  protected readonly help = computed(
    () =>
      ({
        slack: $localize`In Slack: Apps, Incoming Webhooks, Add to Slack; copy the address here.`,
        discord: $localize`In Discord: Edit Channel, Integrations, Webhooks; copy the address here.`,
        webhook: $localize`Gets JSON, signed by Standard Webhooks.`,
      })[this.kind()],
  );

  ngOnInit(): void {
    const one = this.one();
    if (one) this.model.update((now) => ({ ...now, name: one.name }));
  }

  protected async save(event: Event): Promise<void> {
    event.preventDefault();
    const one = this.one();
    const taken = await send(this.channel, this.sending, async ({ kind, name, url, secret, workspaceId, shared }) => {
      if (one) {
        await this.store.change(one, { name, ...(url && { url }), ...(secret && { secret }) });
        return;
      }
      const made = await this.store.add(workspaceId, shared && this.store.may(workspaceId), {
        kind,
        name,
        url,
        ...(kind === 'webhook' && secret && { secret }),
      });
      this.secret.set(made.secret ?? undefined);
    });
    if (taken && this.secret() === undefined) this.closed.emit();
  }
}
