import { places } from '#platform/places/index.js';
import { departsAfter, linkBetween, roleBefore, startsBetween } from './connectors.js';
import { contains, type Endpoint } from './endpoints.js';
import { isVague, narrows, type Group } from './route.js';

/** Drops everyday words and bare codes that do not stand where a place is expected. */
export function credible(line: string, endpoints: readonly Endpoint[], language: string, cells: boolean): Endpoint[] {
  const letters = line.replace(/[^\p{L}]/gu, '');
  const shouting = letters.length > 12 && letters.replace(/\p{Lu}/gu, '').length < letters.length * 0.3;
  const isCode = (endpoint: Endpoint): boolean => /^[A-Z]{2,3}$/.test(endpoint.place.text);
  // "LA" and "SF" are names of ours, not codes, but stand where codes do.
  const isSold = (endpoint: Endpoint): boolean =>
    endpoint.place.text.length === 2 || places.isWellKnown(endpoint.place.text);
  return endpoints.filter((endpoint, i) => {
    if (!endpoint.weak) return true;
    const before = endpoints[i - 1];
    const after = endpoints[i + 1];
    const left = before ? linkBetween(line.slice(before.end, endpoint.start), language, cells) : 'none';
    const right = after ? linkBetween(line.slice(endpoint.end, after.start), language, cells) : 'none';
    const linked = left !== 'none' || right !== 'none';
    if (isCode(endpoint)) {
      const beside = [left === 'none' ? undefined : before, right === 'none' ? undefined : after].filter(
        (other) => other !== undefined,
      );
      if (!shouting && beside.some((other) => isCode(other) && (isSold(other) || isSold(endpoint)))) return true;
      return (
        isSold(endpoint) && !shouting && (linked || roleBefore(line.slice(0, endpoint.start), language) !== undefined)
      );
    }
    const role = roleBefore(line.slice(before?.end ?? 0, endpoint.start), language);
    return linked || role === 'from' || role === 'to';
  });
}

/** Joins endpoints that are listed together, with the role the words before them give. */
export function groupsOf(line: string, endpoints: readonly Endpoint[], language: string, cells: boolean): Group[] {
  const groups: Group[] = [];
  endpoints.forEach((endpoint, i) => {
    const before = endpoints[i - 1];
    const gap = line.slice(before?.end ?? 0, endpoint.start);
    const link = before ? linkBetween(gap, language, cells) : 'none';
    const current = groups.at(-1);
    const role = roleBefore(gap, language);
    if (link === 'via' || role === 'via') return;
    if (link === 'list' && current?.between === true && current.endpoints.length === 1) {
      groups.push({ endpoints: [endpoint], role: undefined, link: 'to', soft: false, leg: false, between: false });
      return;
    }
    if (
      link === 'list' &&
      current &&
      (role === undefined || role === 'in' || role === current.role || language !== 'en')
    ) {
      current.endpoints.push(endpoint);
      return;
    }
    const departs = departsAfter(line.slice(endpoint.end));
    const own = departs ? 'from' : role === 'in' ? 'to' : role;
    groups.push({
      endpoints: [endpoint],
      role: link === 'none' ? own : undefined,
      link: link === 'list' ? 'none' : link,
      soft: role === 'in' && link === 'none',
      leg: false,
      between: startsBetween(gap),
    });
  });
  return groups;
}

/** Settles which groups are origins and which destinations. */
export function castRoles(groups: Group[]): void {
  groups.forEach((group, i) => {
    const before = groups[i - 1];
    const heads = group.link === 'dash' && before?.role === undefined && startsNext(groups[i + 1]) && isWide(before);
    if (heads) group.role = 'to';
    else if (before && (group.link === 'to' || group.link === 'dash')) {
      group.leg = before.role === 'to' && !before.soft && before.link !== 'none';
      if (before.role === undefined || before.soft) before.role = 'from';
      group.role = 'to';
    } else if (before && group.link === 'from') {
      before.role ??= 'to';
      group.role = 'from';
    }
  });
  const has = (role: 'from' | 'to', hard = false): boolean =>
    groups.some((group) => group.role === role && !(hard && group.soft));
  if (has('to', true)) for (const group of groups) if (group.soft) group.role = undefined;
  // "Lima, Peru - $350 (roundtrip, many US cities)": cities in the plural beside one place are where one may start.
  if (!has('from') && !has('to') && groups.length === 2) {
    const many = groups.filter((group) => group.endpoints.every((end) => end.group));
    if (many.length === 1 && many[0]) many[0].role = 'from';
  }
  if (has('from') && !has('to')) castFree(groups, 'to');
  else if (has('to') && !has('from')) castFree(groups, 'from');
}

/** "Vietnam – Hanoi from Prague": the country heads the route and is no end of it. */
const isWide = (group: Group | undefined): boolean =>
  group !== undefined && group.endpoints.every((end) => isVague(end));
const startsNext = (group: Group | undefined): boolean =>
  group !== undefined && (group.link === 'from' || group.role === 'from');

/** One place without a role completes a line that has only the other end: "Malta z Bratislavy", "London: flights to Bali". */
function castFree(groups: Group[], role: 'from' | 'to'): void {
  const firstCast = groups.findIndex((group) => group.role !== undefined);
  const cast = groups.filter((group) => group.role !== undefined).flatMap((group) => group.endpoints);
  // "Plan your days in Vietnam: fares to Hanoi": what holds the other end is not where the flight starts.
  const around = (group: Group): boolean =>
    group.endpoints.some((end) =>
      cast.some((other) => end.place.place && other.place.place && contains(end.place.place, other.place.place)),
    );
  const free = groups.filter(
    (group, i) =>
      group.role === undefined &&
      group.endpoints.some((endpoint) => !endpoint.weak) &&
      (role === 'to' || (i < firstCast && !group.soft && !around(group))),
  );
  // "Südafrika: Johannesburg & Kapstadt ab Frankfurt": the places, not the country above them.
  const chosen = free.find((group) => free.every((other) => other === group || !holds(group, other)));
  if (chosen) chosen.role = role;
}

/** Whether a group's country or region holds all places of another. */
const holds = (wide: Group, narrow: Group): boolean => wide.role === undefined && narrows([wide], narrow);
