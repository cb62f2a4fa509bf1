import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { query, Reads, type EntityManager } from '#platform/database/index.js';
import { ValidationFailed } from '#platform/errors/index.js';
import type { NewNotification } from '#platform/notifications/index.js';
import type { ChannelKind } from '../channels/channel.js';
import { PreferenceReads, type Wishes } from '../preferences/preference-reads.js';

/** A notification and one of the places where it goes. */
export interface Route {
  readonly notification: NewNotification;
  readonly channel: 'mail' | ChannelKind;
  /** Null for mail. */
  readonly channelId: string | null;
}

interface Channel {
  id: string;
  /** Null for a device, which is a person's wherever they are. */
  workspace_id: string | null;
  user_id: string | null;
  kind: ChannelKind;
}

// Every browser of the people in question, and what was chosen by its id.
const CHANNELS = `
  select id, workspace_id, user_id, kind from notification_channel
   where removed_at is null and disabled_reason is null
     and (id = any($1::uuid[]) or (kind = 'push' and user_id = any($2::uuid[])))`;

const CHECK = `
  select id from notification_channel
   where removed_at is null and (workspace_id is null or workspace_id = $1) and (user_id is null or user_id = $2) and id = any($3::uuid[])`;

const uuid = z.uuid();
const isId = (text: string) => uuid.safeParse(text).success;

/** Decides where notifications go beside the inbox: where their source says, or as the person prefers for its kind. */
@Injectable()
export class Routing {
  constructor(
    private readonly preferences: PreferenceReads,
    private readonly reads: Reads,
  ) {}

  /** Where some notifications go now; a channel that is gone or disabled is passed over. */
  async routes(em: EntityManager, notifications: readonly NewNotification[]): Promise<Route[]> {
    const wishes = await this.preferences.of(
      em,
      notifications.filter(({ channels }) => channels === null).map(({ userId }) => userId),
    );
    const wanted = notifications.map((one) => ({ one, names: namesOf(one, wishes) }));
    const ids = new Set(wanted.flatMap(({ names }) => names.filter(isId)));
    const pushed = new Set(wanted.filter(({ names }) => names.includes('push')).map(({ one }) => one.userId));
    const channels = ids.size + pushed.size > 0 ? await query<Channel>(em, CHANNELS, [[...ids], [...pushed]]) : [];
    const usable = byPerson(channels);
    return wanted.flatMap(({ one, names }) => routesOf(one, names, usable(one)));
  }

  /** @param at the JSON pointer of each name. @throws ValidationFailed naming what does not exist, or is not theirs to use there */
  async check(
    { workspaceId, userId }: { workspaceId: string; userId: string },
    names: readonly string[],
    at: (index: number) => string = (index) => `/body/channels/${index}`,
  ): Promise<void> {
    const ids = names.filter(isId);
    const rows =
      ids.length > 0
        ? await this.reads.all<{ id: string }>('notifications.channels.check', CHECK, [workspaceId, userId, ids])
        : [];
    const known = new Set(['mail', 'push', ...rows.map(({ id }) => id)]);
    const errors = names.flatMap((name, i) =>
      known.has(name.toLowerCase())
        ? []
        : [
            {
              path: at(i),
              message: 'must be "mail", "push" or the id of a channel that you may use here',
            },
          ],
    );
    if (errors.length > 0)
      throw new ValidationFailed('One of the channels does not exist in this workspace.', { errors });
  }
}

function namesOf({ channels, userId, workspaceId, events }: NewNotification, wishes: Wishes): readonly string[] {
  const { type, scope } = events.at(-1)!;
  const place = { workspaceId, projectId: scope.kind === 'project' ? scope.id : null };
  const names = channels ?? wishes.channels(userId, place, type);
  return [...new Set(names.map((name) => name.toLowerCase()))];
}

function byPerson(channels: readonly Channel[]) {
  const places = new Map<string, Channel[]>();
  for (const channel of channels) {
    const key = `${channel.workspace_id ?? ''} ${channel.user_id ?? ''}`;
    places.set(key, [...(places.get(key) ?? []), channel]);
  }
  return ({ workspaceId, userId }: NewNotification): Channel[] => [
    ...(places.get(` ${userId}`) ?? []),
    ...(places.get(`${workspaceId} ${userId}`) ?? []),
    ...(places.get(`${workspaceId} `) ?? []),
  ];
}

function routesOf(notification: NewNotification, names: readonly string[], usable: readonly Channel[]): Route[] {
  const mail: Route[] = names.includes('mail') ? [{ notification, channel: 'mail', channelId: null }] : [];
  // What is for one person alone is not posted where others read.
  const personal = notification.events.some(({ scope }) => scope.kind === 'user');
  const open = usable.filter(({ user_id }) => user_id !== null || !personal);
  const others = open.filter(
    ({ id, kind, user_id }) => names.includes(id) || (kind === 'push' && user_id !== null && names.includes('push')),
  );
  return [...mail, ...others.map(({ id, kind }): Route => ({ notification, channel: kind, channelId: id }))];
}
