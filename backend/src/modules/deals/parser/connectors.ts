/** How two places in a line hang together, or how the words before a place cast it. */
export type Link = 'list' | 'to' | 'dash' | 'from' | 'via' | 'none';

const FILLER =
  /\b(?:cheap|direct(?:ly)?|non-?stop|full[- ]service|return|round-?trip|one-?way|flights?|fly(?:ing)?|flüge|flug|vuelos?|vols?|voli|lety|loty|letenky|only|just|straight|starting|departing|departures?|leaving|and back|business(?: class)?|economy(?: class)?|first class|premium economy|hin und zurück|ida y vuelta|aller-retour|a\/r|nonstop|günstig\p{L}*|tanie|levně|deals?|tickets?|airfares?|fares?)(?![\p{L}])/giu;
const BRACKETS = /\([^()]{0,40}\)|\[[^[\]]{0,40}\]/g;
const ORNAMENTS = /[\p{Extended_Pictographic}\u{1f1e6}-\u{1f1ff}\ufe0f\u200d"“”*!?#]|^\s*[.:]\s*/gu;

const TO_WORDS: Record<string, string> = {
  en: 'to|into|til|till|->|=>',
  de: 'nach|in|auf|zu|bis',
  es: 'a|al|hasta|hacia|para',
  fr: 'à|a|vers|pour|en',
  it: 'a|ad|per|in|verso',
  cs: 'do|na|v|ve',
  pl: 'do|na|w|we',
  zh: '飞|到|至|飞往|前往|往返|直飞|去|出发到|出发去|出发飞',
};
const FROM_WORDS: Record<string, string> = {
  en: 'from|ex|out of',
  de: 'von|ab|aus',
  es: 'desde|de',
  fr: "de|depuis|au départ de|départ|d[’']",
  it: 'da|dal|dalla',
  cs: 'z|ze|od',
  pl: 'z|ze|od',
  zh: '从|由|自',
};
const LIST_WORDS: Record<string, string> = {
  en: 'and|or|as well as',
  de: 'und|oder|bzw\\.',
  es: 'y|e|o|u',
  fr: 'et|ou',
  it: 'e|ed|o',
  cs: 'a|nebo|i|či',
  pl: 'i|oraz|lub|albo',
  zh: '和|或|及|与',
};
/** Words that stand between "to" and the place without changing the meaning. */
const BETWEEN =
  '(?:\\s+(?:the|all|many|both|either|north(?:ern)?|south(?:ern)?|east(?:ern)?|west(?:ern)?|coast|central|island(?:s)?|of|tropical|exotic|sunny|die|der|das|den|la|le|les|los|las|el|il|lo|gli|indonesische|insel|isla|île|ostrov|wyspę|\\p{L}{4,14}(?:ého|é|ej|ou|ých|ego|ich|ych)))';

interface Patterns {
  to: RegExp;
  from: RegExp;
  list: RegExp;
  toBefore: RegExp;
  fromBefore: RegExp;
  inBefore: RegExp;
}
const cache = new Map<string, Patterns>();

function patternsOf(language: string): Patterns {
  const known = cache.get(language);
  if (known) return known;
  const pick = (words: Record<string, string>): string =>
    [...new Set([words.en, words[language]])].filter((word) => word !== undefined).join('|');
  const to = pick(TO_WORDS);
  const from = pick(FROM_WORDS);
  const made: Patterns = {
    to: new RegExp(`^(?:${to})${BETWEEN}{0,3}$`, 'iu'),
    from: new RegExp(`^(?:(?:for|ab|od|with|in)\\s+)?(?:${from})${BETWEEN}{0,2}$`, 'iu'),
    list: new RegExp(
      `^(?:,|/|&|\\+|;|、|，|・|·|,?\\s*(?:${pick(LIST_WORDS)}|&)(?:\\s+(?:the|even|also))?|,?\\s*(?:${pick(LIST_WORDS)})\\s+(?:${from}|${to}))$`,
      'iu',
    ),
    toBefore: new RegExp(
      `(?:^|[^\\p{L}\\d])(?:${to})${BETWEEN}{0,3}[\\s'’"“(:#]{0,3}$|(?:飞|到|至|飞往|前往|去)$`,
      'iu',
    ),
    fromBefore: new RegExp(`(?:^|[^\\p{L}\\d])(?:${from})${BETWEEN}{0,2}[\\s'’"“(:#]{0,3}$|(?:从|由)$`, 'iu'),
    inBefore: /(?:^|[^\p{L}])(?:in|en|au|aux|v|ve|w|visit|discover|explore|to visit|besucht|visita)\s$/iu,
  };
  cache.set(language, made);
  return made;
}

const VIA =
  /(?:^|[\s(,])(?:(?:returning|and (?:back|return)|then (?:back|home)|, (?:back|return)|(?<!und )(?<!& )zurück|(?<!ida y )(?<!ida\/)vuelta|(?<!aller[ -])retour|back home) (?:to|from|in|nach|von|aus|ab|desde|de|à)|via|vía|über|przez|przes|přes|passing through|with (?:a |an )?(?:\p{L}+ )?(?:stop|layover|stopover)s? (?:in|at)|layover in|stopover in|stop in|经|经由)\s?$/iu;
const DASH = /^(?:[–—-]{1,2}|→|➡|➔|➜|⇒|⟶|⟷|>{1,2}|->|-->|=>|↔|⇄|⇆|<-?>|›|»|~|～|—>)$/u;
const CELL = /^(?:\||\t+| {3,})$/u;

/** How the second place hangs on the first, by the text between them. `cells` says that the line is a table row. */
export function linkBetween(gap: string, language: string, cells: boolean): Link {
  if (gap.length > 90) return 'none';
  if (VIA.test(gap)) return 'via';
  const { to, from, list } = patternsOf(language);
  if (cells && CELL.test(gap.replace(/^ *(\||\t) *$/, '$1'))) return 'dash';
  // A new sentence or clause: the place before it is not where this one starts from.
  if (/[:!?|]\s|\.\s+\p{L}/u.test(gap.replace(BRACKETS, ' '))) return 'none';
  const hadPlane = /[✈🛫🛬🛩]/u.test(gap);
  const bare = gap.replace(BRACKETS, ' ').replace(FILLER, ' ').replace(ORNAMENTS, ' ').replace(/\s+/g, ' ').trim();
  if (list.test(bare)) return 'list';
  if (DASH.test(bare)) return 'dash';
  if (to.test(bare)) return 'to';
  if (from.test(bare)) return 'from';
  if (bare === '' && hadPlane) return 'dash';
  return 'none';
}

const BETWEEN_TWO = /(?:^|[^\p{L}])(?:between|zwischen|entre|tra|fra|mezi|między|pomiędzy)\s(?:the\s)?$/iu;

/** Whether the words before a place announce the two ends of a route: "between Toronto and Osaka". */
export const startsBetween = (before: string): boolean => BETWEEN_TWO.test(before.slice(-20));

const LEG_ON =
  /(?:^|[\s,;(&])(?:and\s)?(?:then|returning|return(?:ing)? (?:home )?|back|before|anschließend|dann|luego|después|y vuelta|poi|ensuite|potem|potom)\s(?:\p{L}+\s){0,2}(?:from|von|ab|aus|desde|de|da|depuis|z|ze)\s(?:the\s)?$/iu;

/** Whether the words between two routes make the second the way on or back of the same trip: "..., then from Phuket to Vienna". */
export const travelsOn = (gap: string): boolean => gap.length < 60 && LEG_ON.test(gap);

/** The role that the words just before a place give it. */
export function roleBefore(before: string, language: string): 'from' | 'to' | 'in' | 'via' | undefined {
  const near = before.slice(-60);
  if (VIA.test(near)) return 'via';
  const { toBefore, fromBefore, inBefore } = patternsOf(language);
  if (toBefore.test(near)) return 'to';
  if (fromBefore.test(near)) return 'from';
  return inBefore.test(near) ? 'in' : undefined;
}

/** Whether the words after a place make it the origin ("广州出发", "London departures"). */
export const departsAfter = (after: string): boolean => /^\s?(?:出发|起飞|departures?\b)/iu.test(after.slice(0, 16));
