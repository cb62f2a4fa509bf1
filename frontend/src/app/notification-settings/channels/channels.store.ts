import { computed, inject, Injectable, signal } from '@angular/core';
import {
  type Answer,
  type Body,
  type Item,
  ownChannelsChange,
  ownChannelsCreate,
  ownChannelsList,
  ownChannelsOne,
  ownChannelsRemove,
  ownChannelsTest,
  problemOf,
  Requests,
  sharedChannelsChange,
  sharedChannelsCreate,
  sharedChannelsList,
  sharedChannelsOne,
  sharedChannelsRemove,
  sharedChannelsTest,
} from '../../api';
import { CurrentWorkspace, Session } from '../../session';
import { Paged, Toasts } from '../../ui';

export type Channel = Item<typeof ownChannelsList>;
export type Made = Answer<typeof ownChannelsCreate>;
export type Tested = Answer<typeof ownChannelsTest>;
export type Change = NonNullable<Body<typeof ownChannelsChange>>;
type New = Omit<NonNullable<Body<typeof ownChannelsCreate>>, 'workspaceId'>;

/** The person's own channels in all workspaces, and those that one workspace shares. */
@Injectable()
export class ChannelsStore {
  private readonly requests = inject(Requests);
  private readonly toasts = inject(Toasts);
  private readonly session = inject(Session);

  /** Whose shared ones are shown. */
  readonly workspaceId = signal(inject(CurrentWorkspace).preferred() ?? '');
  readonly own = new Paged<Channel>((cursor) =>
    this.requests.ask(ownChannelsList, { limit: 50, sort: 'name', ...(cursor !== undefined && { cursor }) }),
  );
  readonly shared = new Paged<Channel>((cursor) =>
    this.requests.ask(sharedChannelsList, {
      workspaceId: this.workspaceId(),
      limit: 50,
      sort: 'name',
      ...(cursor !== undefined && { cursor }),
    }),
  );
  /** Whether the person may change what the workspace shares. */
  readonly mayShare = computed(() => this.may(this.workspaceId()));
  /** What the other side answered to the last test, by channel. */
  readonly tested = signal<ReadonlyMap<string, Tested>>(new Map());
  readonly testing = signal<string | undefined>(undefined);

  /** @returns whether the person may share channels in a workspace */
  may(workspaceId: string): boolean {
    return this.session
      .workspaces()
      .some((one) => one.id === workspaceId && one.permissions.includes('channels:write'));
  }

  nameOf(workspaceId: string): string {
    return this.session.workspaces().find(({ id }) => id === workspaceId)?.name ?? '';
  }

  /** @returns what was made, with its secret the only time @throws Problem */
  async add(workspaceId: string, shared: boolean, body: New): Promise<Made> {
    const made = shared
      ? await this.requests.ask(sharedChannelsCreate, { workspaceId, body })
      : await this.requests.ask(ownChannelsCreate, { body: { ...body, workspaceId } });
    if (!shared || workspaceId === this.workspaceId()) this.listOf(made).put(made);
    return made;
  }

  /** Changes one as it stands now. @throws Problem */
  async change(one: Channel, body: Change): Promise<void> {
    const { workspaceId, id: channelId } = one;
    const before = await (one.shared
      ? this.requests.response(sharedChannelsOne, { workspaceId, channelId })
      : this.requests.response(ownChannelsOne, { channelId }));
    const etag = before.headers.get('ETag');
    const params = { channelId, ...(etag && { 'If-Match': etag }), body };
    this.listOf(one).put(
      one.shared
        ? await this.requests.ask(sharedChannelsChange, { workspaceId, ...params })
        : await this.requests.ask(ownChannelsChange, params),
    );
  }

  /** Switches on again what was stopped. */
  async restart(one: Channel): Promise<void> {
    try {
      await this.change(one, { enabled: true });
      this.toasts.say({ text: $localize`“${one.name}:name:” is sent to again` });
    } catch (error) {
      this.toasts.problem(problemOf(error));
    }
  }

  /** Sends a test now, and keeps what the other side said. */
  async test(one: Channel): Promise<void> {
    const { workspaceId, id: channelId } = one;
    this.testing.set(one.id);
    try {
      const answer = one.shared
        ? await this.requests.ask(sharedChannelsTest, { workspaceId, channelId })
        : await this.requests.ask(ownChannelsTest, { channelId });
      this.tested.update((all) => new Map(all).set(one.id, answer));
    } catch (error) {
      this.tested.update((all) => new Map(all).set(one.id, { ok: false, answer: problemOf(error).message }));
    } finally {
      this.testing.set(undefined);
    }
  }

  async remove(one: Channel): Promise<void> {
    const { workspaceId, id: channelId } = one;
    const back = this.listOf(one).take(one.id);
    try {
      if (one.shared) await this.requests.ask(sharedChannelsRemove, { workspaceId, channelId });
      else await this.requests.ask(ownChannelsRemove, { channelId });
      this.toasts.say({ text: $localize`“${one.name}:name:” was removed` });
    } catch (error) {
      back();
      this.toasts.problem(problemOf(error));
    }
  }

  private listOf({ shared }: Channel): Paged<Channel> {
    return shared ? this.shared : this.own;
  }
}
