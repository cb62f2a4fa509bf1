import { ChangeDetectionStrategy, Component, inject, resource, signal } from '@angular/core';
import { lucideMonitorSmartphone, lucideTrash2 } from '@ng-icons/lucide';
import { type Answer, problemOf, pushDevicesList, pushDevicesTest, Requests } from '../../api';
import { type Act, Ago, EmptyState, More, Paged, ProblemNote, Skeleton, Toasts } from '../../ui';
import { DesktopNews } from '../../inbox/desktop-news';
import { browserName, type Ability, type Device, Push } from './push';

/** The browsers that take push messages, and whether this one shows news while the console is open. */
@Component({
  selector: 'sb-browsers',
  imports: [Ago, EmptyState, More, ProblemNote, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  templateUrl: './browsers.html',
})
export class Browsers {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly push = inject(Push);
  protected readonly desktop = inject(DesktopNews);
  protected readonly icons = { lucideMonitorSmartphone };
  protected readonly busy = signal(false);
  protected readonly tested = signal<ReadonlyMap<string, Answer<typeof pushDevicesTest>>>(new Map());
  protected readonly list = new Paged<Device>((cursor) =>
    this.requests.ask(pushDevicesList, { limit: 50, ...(cursor !== undefined && { cursor }) }),
  );
  protected readonly state = resource({
    loader: async () => ({ ability: await this.push.ability(), here: await this.push.here() }),
  });
  protected readonly why: Record<Exclude<Ability, 'able'>, string> = {
    insecure: $localize`Push messages need a page that came over https. Ask whoever runs this instance.`,
    unsupported: $localize`This browser cannot take push messages. On an iPhone or iPad, add the console to the home screen first.`,
    'no-worker': $localize`The console's background part does not run in this browser: in private windows it never does; else reload the page once.`,
    denied: $localize`You blocked notifications of this site. Allow them in the browser's settings of the site, then come back.`,
  };

  constructor() {
    void this.list.reload();
  }

  protected async enable(): Promise<void> {
    this.busy.set(true);
    try {
      const device = await this.push.enable(browserName());
      if (device) {
        this.list.put(device);
        this.toasts.say({ text: $localize`Push messages reach this browser` });
      }
    } catch (error) {
      this.toasts.problem(problemOf(error));
    } finally {
      this.busy.set(false);
      this.state.reload();
    }
  }

  protected async test({ id }: Device): Promise<void> {
    try {
      const answer = await this.requests.ask(pushDevicesTest, { deviceId: id });
      this.tested.update((all) => new Map(all).set(id, answer));
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }

  protected acts(device: Device): readonly Act[] {
    return [{ title: $localize`Remove`, icon: lucideTrash2, bad: true, run: () => this.remove(device) }];
  }

  protected moreLabel({ name }: Device): string {
    return $localize`More about ${name}:name:`;
  }

  private async remove({ id }: Device): Promise<void> {
    const back = this.list.take(id);
    try {
      await this.push.remove(id);
      this.toasts.say({ text: $localize`Removed: nothing is pushed there any more` });
    } catch (error) {
      back();
      this.toasts.problem(problemOf(error));
    } finally {
      this.state.reload();
    }
  }
}
