import { Injectable } from '@nestjs/common';
import type { SqlCondition, Subject } from '#contract/filter/index.js';
import { eventVisible, grantJoin, type Member, scopeOf } from '#platform/access/index.js';
import { Reads } from '#platform/database/index.js';
import { EventSight, tellable, type FilterTarget } from '#platform/filters/index.js';

/** What happened is looked at this far back, the newest first, whatever it is. */
export const MOST_MATCHES = 10_000;
/** Of a workspace's events only so many of the newest are asked: a filter may find none of them. */
export const MOST_EVENTS_ASKED = 200_000;

/** The number of the first parameter of a filter. */
export const FIRST_OF_FILTER = 6;

/** Something that happened, as rows tell. */
export interface Happened {
  readonly id: string;
  readonly title: string;
  readonly at: Date;
  readonly thing: string;
  readonly matches: boolean;
  /** What figures are read from. */
  readonly subject: Subject;
}

/** What is asked of the past. */
export interface Asked {
  readonly target: FilterTarget;
  /** The filter; its parameters begin at `FIRST_OF_FILTER`. */
  readonly condition: SqlCondition;
  readonly days: number;
  /** Names of fields that hold figures. */
  readonly figures: readonly string[];
  /** Whether what does not match is told too, for crossings. */
  readonly all: boolean;
}

interface Row {
  id: string;
  title: string;
  at: string;
  thing: string;
  matches: boolean;
  figures: Record<string, unknown>;
}

/** What subscriptions could have heard: rows of a target, or the events themselves of one that is about events. */
@Injectable()
export class History {
  constructor(
    private readonly reads: Reads,
    private readonly sight: EventSight,
  ) {}

  /** What happened that the caller may see, the oldest first; `more` when only the newest is given. */
  async of(who: Member, asked: Asked): Promise<{ happened: Happened[]; more: boolean }> {
    const { text, values } = this.statement(who, asked);
    const rows = await this.reads.adHoc<Row>(text, values);
    const newest = rows.slice(0, MOST_MATCHES).map(happened).reverse();
    newest.sort((a, b) => a.at.getTime() - b.at.getTime());
    return { happened: newest, more: rows.length > MOST_MATCHES };
  }

  /** The statement behind `of`, for plans to be looked at. */
  statement(who: Member, { target, condition, days, figures, all }: Asked): { text: string; values: unknown[] } {
    const own = who.kind === 'user' ? tellable : [];
    const values = [who.id, who.workspaceId, days, this.sight.types(who.permissions), own, ...condition.params];
    const at = target.timeColumn;
    const text = `
      select ${target.idColumn} as id, ${target.titleColumn} as title, ${at}::text as at, ${thingOf(target)} as thing,
             ${all ? `(${condition.text}) is true` : 'true'} as matches, ${figuresOf(target, figures)} as figures
        from ${sourceOf(target)} ${grantJoin(target.workspaceColumn, '$1')}
       where ${target.workspaceColumn} = $2 and ${at} >= now() - make_interval(days => $3)
         and ${seen(target)} and ${all ? 'true' : condition.text}
       order by ${orderOf(target)} limit ${MOST_MATCHES + 1}`;
    return { text, values };
  }
}

function sourceOf({ mixed, from }: FilterTarget): string {
  if (!mixed) return from;
  return `(select x.* from event x where x.workspace_id = $2 order by x.position desc limit ${MOST_EVENTS_ASKED}) e`;
}

/** Events in the order of the log, in which they are read: a limit ends that early. */
function orderOf({ mixed, timeColumn, idColumn }: FilterTarget): string {
  return mixed ? 'e.position desc' : `${timeColumn} desc, ${idColumn} desc`;
}

/**
 * What the caller `$1` may see of a target: of events each type by its permission (`$4`), and what is theirs alone (`$5`).
 * Erased ones have nothing to show. The statement joins the caller's grant, which is all that workspace events ask.
 */
function seen({ mixed }: FilterTarget): string {
  if (!mixed) return 'coalesce($4::text[], $5::text[]) is not null';
  return `e.data is not null and e.type = any(case e.scope_kind when 'user' then $5::text[] else $4::text[] end)
    and (e.scope_kind = 'workspace' or ${eventVisible(scopeOf('e'), '$1')})`;
}

function thingOf({ mixed, idColumn }: FilterTarget): string {
  return mixed ? `e.subject_type || '/' || e.subject_id` : `${idColumn}::text`;
}

/** The figures of some fields as JSON, under the paths that an event would have them. */
function figuresOf({ catalogue }: FilterTarget, names: readonly string[]): string {
  const places = names.flatMap((name) => {
    const field = catalogue.find(name);
    if (field?.type === 'number') return [field.at];
    return field?.type === 'money' ? [field.amount, field.currency] : [];
  });
  return `jsonb_build_object(${places.map(({ path, column }) => `'${path}', ${column}`).join(', ')})`;
}

function happened({ at, figures, ...row }: Row): Happened {
  return { ...row, at: new Date(at), subject: figures };
}
