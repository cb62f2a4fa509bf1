import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '#platform/access/index.js';
import { query, type EntityManager } from '#platform/database/index.js';
import { EventLog } from '#platform/event-log/index.js';

interface Left {
  subscription_id: string;
  workspace_id: string;
  user_id: string;
  name: string;
}

const JOIN = `
  insert into subscription_participant (id, subscription_id, user_id, joined_at) values ($1, $2, $3, $4)
  on conflict (subscription_id, user_id) do nothing returning id`;
const LEFT = 'p.subscription_id, s.workspace_id, p.user_id, s.name';
const LEAVE = (condition: string) => `
  delete from subscription_participant p using subscription s where s.id = p.subscription_id and ${condition} returning ${LEFT}`;

/** Who is told by shared subscriptions. Their rows are the seats: an id of their own, and since when. */
@Injectable()
export class Participants {
  constructor(private readonly events: EventLog) {}

  /** Lets a shared subscription tell somebody from now on. Doing it twice changes nothing. */
  async join(
    em: EntityManager,
    subscription: { id: string; workspaceId: string; name: string },
    userId: string,
    actor: Actor,
  ): Promise<void> {
    const { id, workspaceId, name } = subscription;
    const made = await query(em, JOIN, [uuidv7(), id, userId, new Date()]);
    if (made.length > 0)
      this.record(
        em,
        'subscription.joined',
        { subscription_id: id, workspace_id: workspaceId, user_id: userId, name },
        actor,
      );
  }

  /** Ends that. Doing it twice changes nothing. */
  async leave(em: EntityManager, subscriptionId: string, userId: string, actor: Actor): Promise<void> {
    await this.end(em, 'p.subscription_id = $1 and p.user_id = $2', [subscriptionId, userId], actor);
  }

  /** Takes whoever has this seat out, since a mail that was for them said so. @returns undefined when nobody has it */
  async leaveByMail(em: EntityManager, seat: string): Promise<{ name: string } | undefined> {
    const [left] = await this.end(em, 'p.id = $1', [seat]);
    return left && { name: left.name };
  }

  /** Takes somebody out of all that a workspace shares. */
  async leaveAll(
    em: EntityManager,
    { workspaceId, userId }: { workspaceId: string; userId: string },
    actor: Actor,
  ): Promise<void> {
    await this.end(em, 's.workspace_id = $1 and p.user_id = $2', [workspaceId, userId], actor);
  }

  private async end(em: EntityManager, condition: string, values: unknown[], actor?: Actor): Promise<Left[]> {
    const rows = await query<Left>(em, LEAVE(condition), values);
    for (const left of rows) {
      const self = { kind: 'user', id: left.user_id, userId: left.user_id } as const;
      this.record(em, 'subscription.left', left, actor ?? self);
    }
    return rows;
  }

  private record(
    em: EntityManager,
    type: 'subscription.joined' | 'subscription.left',
    { subscription_id: subjectId, workspace_id: workspaceId, user_id: userId, name }: Left,
    actor: Actor,
  ): void {
    const scope = { kind: 'user', id: userId } as const;
    this.events.record(em, type, { workspaceId, subjectId, actor, scope, data: { userId, name } });
  }
}
