import { ChangeDetectionStrategy, Component, inject, resource } from '@angular/core';
import { lucidePlay, lucideRotateCw } from '@ng-icons/lucide';
import {
  type Item,
  logReadersList,
  logReadersRebuild,
  logReadersRestart,
  Problem,
  problemOf,
  Requests,
} from '../../api';
import { type Act, Confirm, More, poll, ProblemNote, Skeleton, Toasts } from '../../ui';

type Reader = Item<typeof logReadersList>;

/** How far each reader of the log is. */
@Component({
  selector: 'sb-log-readers',
  imports: [More, ProblemNote, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="panel overflow-hidden">
      @if (found.error(); as error) {
        <sb-problem-note [problem]="problemOf(error)" (retry)="found.reload()" />
      } @else if (!found.hasValue()) {
        <sb-skeleton [rows]="5" />
      } @else {
        <div class="table-frame" tabindex="0" role="region" aria-label="Readers" i18n-aria-label>
          <table class="table">
            <thead>
              <tr>
                <th scope="col" i18n>Reader</th>
                <th scope="col" i18n>State</th>
                <th scope="col" class="num" i18n>Read</th>
                <th scope="col" class="num" i18n>Behind</th>
                <th scope="col" class="num" i18n>Parked</th>
                <th scope="col"><span class="sr-only" i18n>More</span></th>
              </tr>
            </thead>
            <tbody>
              @for (reader of found.value().items; track reader.reader) {
                <tr>
                  <td class="font-medium">
                    {{ reader.reader }}
                    @if (reader.lastError; as error) {
                      <span class="block max-w-[60ch] text-xs font-normal text-bad">{{ error }}</span>
                    }
                  </td>
                  <td>
                    @if (reader.state === 'running') {
                      <span class="badge badge-ok" i18n>reads</span>
                    } @else {
                      <span class="badge badge-bad" i18n>stopped</span>
                    }
                  </td>
                  <td class="num">{{ reader.position }}</td>
                  <td class="num">
                    {{ reader.behind }}
                    @if (reader.seconds >= 1) {
                      <span class="text-muted">({{ reader.seconds.toFixed(0) }} s)</span>
                    }
                  </td>
                  <td class="num" [class.text-bad]="reader.parked > 0">{{ reader.parked }}</td>
                  <td class="num">
                    @if (acts(reader); as some) {
                      @if (some.length) {
                        <sb-more [acts]="some" [label]="moreOf(reader)" />
                      }
                    }
                  </td>
                </tr>
              }
            </tbody>
          </table>
        </div>
      }
    </div>
  `,
})
export class LogReaders {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly confirm = inject(Confirm);
  protected readonly problemOf = problemOf;
  protected readonly found = resource({ loader: () => this.requests.ask(logReadersList, {}) });

  constructor() {
    poll(5000, async () => {
      const fresh = await this.requests.ask(logReadersList, {}).catch(problemOf);
      if (!(fresh instanceof Problem)) this.found.set(fresh);
    });
  }

  protected moreOf({ reader }: Reader): string {
    return $localize`More to do with ${reader}:reader:`;
  }

  protected acts(reader: Reader): readonly Act[] {
    return [
      ...(reader.state === 'stopped'
        ? [{ title: $localize`Let it go on`, icon: lucidePlay, run: () => this.restart(reader) }]
        : []),
      ...(reader.rebuildable
        ? [{ title: $localize`Build anew`, icon: lucideRotateCw, run: () => this.rebuild(reader) }]
        : []),
    ];
  }

  private async restart({ reader }: Reader): Promise<void> {
    await this.change(() => this.requests.ask(logReadersRestart, { reader }), $localize`It goes on`);
  }

  private async rebuild({ reader }: Reader): Promise<void> {
    const yes = await this.confirm.ask({
      heading: $localize`Build what ${reader}:reader: keeps anew?`,
      text: $localize`What it has built is emptied, and it reads the log from its oldest event. Until it is through, what it shows is incomplete.`,
      action: $localize`Build anew`,
    });
    if (yes)
      await this.change(() => this.requests.ask(logReadersRebuild, { reader }), $localize`It reads the log anew`);
  }

  private async change(work: () => Promise<unknown>, text: string): Promise<void> {
    try {
      await work();
      this.toasts.say({ text });
      this.found.reload();
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }
}
