import { Injectable } from '@nestjs/common';
import { grantJoin, type Member } from '#platform/access/index.js';
import { Reads } from '#platform/database/index.js';
import { EventSight, FilterTargets, type FilterTarget, type FilterTemplate } from '#platform/filters/index.js';
import type { Rhythm } from '../plans/plan.js';
import { ideaWords } from './idea-words.js';
import type { Suggestions, Templates } from './ideas.schemas.js';

const MORNING: Rhythm = { kind: 'daily', hour: 8 };
/** So often in a month is often enough to offer a digest instead. */
const OFTEN = 60;

// Of the newest thousands of their acts, found by the index on who acted.
const WORKED_ON = `
  select e.subject_type as about, count(*)::int as n
    from (select workspace_id, subject_type, type, occurred_at from event x
           where x.actor->>'userId' = $1::uuid::text order by x.position desc limit 5000) e
   where e.workspace_id = $2 and e.type = any($3::text[]) and e.occurred_at > now() - interval '90 days'
     and not exists (
       select from subscription s where s.user_id = $1 and s.workspace_id = $2 and s.removed_at is null
          and s.target = 'activity' and s.filter like 'about:' || e.subject_type || ' %')
   group by e.subject_type having count(*) >= 3 order by n desc, about limit 3`;

const CHATTY = `
  select s.id, s.name, t.n
    from subscription s ${grantJoin('s.workspace_id', '$1')}
    cross join lateral (
      select count(distinct m.notification_id)::int as n from subscription_match m
       where m.seat_id = s.id and m.created_at > now() - interval '30 days' and m.state = 'told') t
   where s.workspace_id = $2 and s.user_id = $3 and s.removed_at is null and not s.paused and not s.plan ? 'rhythm'
     and t.n >= ${OFTEN}
   order by t.n desc, s.id limit 3`;

const LOCALE = 'select locale from user_account where id = $1';

/** Subscriptions for people to begin with. */
@Injectable()
export class IdeasService {
  constructor(
    private readonly reads: Reads,
    private readonly targets: FilterTargets,
    private readonly sight: EventSight,
  ) {}

  /** The templates of what the caller may see. */
  async templates(who: Member): Promise<Templates> {
    const locale = await this.localeOf(who);
    const seen = this.targets.all().filter(({ permission }) => who.permissions.has(permission));
    return { items: seen.flatMap((target) => (target.templates ?? []).map((one) => template(target, one, locale))) };
  }

  /** What the caller works on and does not hear of yet, and what they hear of so often that a digest would be better. */
  async suggestions(who: Member): Promise<Suggestions> {
    if (who.userId === null) return { items: [] };
    const activity = this.targets.get('activity');
    const types = who.permissions.has(activity.permission) ? this.sight.types(who.permissions) : [];
    const [locale, worked, chatty] = await Promise.all([
      this.localeOf(who),
      this.reads.all<{ about: string; n: number }>('subscriptions.worked', WORKED_ON, [
        who.userId,
        who.workspaceId,
        types,
      ]),
      this.reads.all<{ id: string; name: string; n: number }>('subscriptions.chatty', CHATTY, [
        who.id,
        who.workspaceId,
        who.userId,
      ]),
    ]);
    const words = ideaWords(locale);
    return { items: [...worked.map((one) => toHear(one, words)), ...chatty.map((one) => toGather(one, words))] };
  }

  private async localeOf({ userId }: Member): Promise<string> {
    const found = await this.reads.one<{ locale: string }>('subscriptions.locale', LOCALE, [userId]);
    return found?.locale ?? 'en';
  }
}

function template(
  { name: target }: FilterTarget,
  { id, words, filter, daily }: FilterTemplate,
  locale: string,
): Templates['items'][number] {
  const { title, description } = words(locale);
  const subscription = { name: title, target, filter, ...(daily && { rhythm: MORNING }) };
  return { id: `${target}.${id}`, target, title, description, subscription };
}

type Words = ReturnType<typeof ideaWords>;

function toHear({ about, n }: { about: string; n: number }, words: Words): Suggestions['items'][number] {
  const thing = words.subjects[about] ?? about.replaceAll('_', ' ');
  return {
    kind: 'new',
    because: words.hear(n, thing),
    subscription: { name: words.name(thing), target: 'activity', filter: `about:${about} -actor:me` },
  };
}

function toGather(
  { id, name, n }: { id: string; name: string; n: number },
  words: Words,
): Suggestions['items'][number] {
  const because = words.gather(name, n);
  return { kind: 'change', because, subscriptionId: id, change: { rhythm: MORNING } };
}
