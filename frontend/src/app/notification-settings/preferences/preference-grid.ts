import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { lucideChevronDown, lucideChevronRight, lucideLock, lucideUndo2 } from '@ng-icons/lucide';
import { Session } from '../../session';
import { Clock, EmptyState, Icon, ProblemNote, Skeleton } from '../../ui';
import { type Cell, type Kind, PreferencesStore } from './preferences.store';

/** What stands for all kinds that have no choice of their own. */
const REST = '*';

/** Kinds of news by channels: a tick says that it is sent there. Choices of one workspace stand above those for all. */
@Component({
  selector: 'sb-preference-grid',
  imports: [EmptyState, Icon, ProblemNote, RouterLink, Skeleton],
  providers: [PreferencesStore],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { class: 'block' },
  templateUrl: './preference-grid.html',
})
export class PreferenceGrid {
  protected readonly store = inject(PreferencesStore);
  protected readonly session = inject(Session);
  protected readonly clock = inject(Clock);
  protected readonly icons = { lucideChevronDown, lucideChevronRight, lucideLock, lucideUndo2 };
  protected readonly back = $localize`Take the choice back`;
  protected readonly wanted = signal('');
  private readonly unfolded = signal<ReadonlySet<string>>(new Set());
  private readonly names = {
    mail: $localize`Mail`,
    push: $localize`Browsers`,
    slack: 'Slack',
    discord: 'Discord',
    webhook: $localize`Webhook`,
  };

  protected readonly channels = computed(() =>
    this.store.channels().map(({ channel, kind, name }) => ({ id: channel, title: name ?? this.names[kind] })),
  );
  protected readonly above = computed(
    () => this.store.grid()?.kinds.filter(({ kind, mandatory }) => mandatory || kind === REST) ?? [],
  );
  protected readonly topics = computed(() => {
    const words = this.wanted().toLowerCase();
    const kinds = (this.store.grid()?.kinds ?? []).filter(
      ({ kind, mandatory, title, description }) =>
        !mandatory && kind !== REST && `${title} ${description} ${kind}`.toLowerCase().includes(words),
    );
    return [...new Set(kinds.map(({ topic }) => topic))].sort().map((topic) => {
      const of = kinds.filter((kind) => kind.topic === topic);
      return { topic, title: titleOf(topic), of, open: words !== '' || this.unfolded().has(topic) };
    });
  });

  protected fold(topic: string): void {
    this.unfolded.update((all) =>
      all.has(topic) ? new Set([...all].filter((one) => one !== topic)) : new Set([...all, topic]),
    );
  }

  protected cell({ cells }: Kind, channel: string): Cell | undefined {
    return cells.find((one) => one.channel === channel);
  }

  protected own({ cells }: Kind): boolean {
    return cells.some(({ own }) => own);
  }

  /** Whether all, none or some of a topic go to a channel. */
  protected sum(of: readonly Kind[], channel: string): 'all' | 'none' | 'some' {
    const on = of.filter((kind) => this.cell(kind, channel)?.enabled).length;
    return on === 0 ? 'none' : on === of.length ? 'all' : 'some';
  }

  protected choose(kind: Kind, channel: string, enabled: boolean): void {
    void this.store.choose([{ kind: kind.kind, channel, enabled }]);
  }

  protected chooseAll(topic: string, channel: string, enabled: boolean): void {
    void this.store.choose([{ topic, channel, enabled }]);
  }

  /** Takes the choices for one kind back: what is chosen above it holds again. */
  protected reset(kind: Kind): void {
    void this.store.choose(
      kind.cells.filter(({ own }) => own).map(({ channel }) => ({ kind: kind.kind, channel, enabled: null })),
    );
  }
}

/** A topic is the kind of thing that news are about. */
function titleOf(topic: string): string {
  const words = topic.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
