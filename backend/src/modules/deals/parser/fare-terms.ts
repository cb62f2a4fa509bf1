import type { Cabin, DealKind, TripType } from './types.js';

/** A field's value and where it stands in the text it was read from. */
export interface Found<T> {
  value: T;
  start: number;
  end: number;
}

type Rule<T> = readonly [RegExp, T];

function firstOf<T>(text: string, rules: readonly Rule<T>[]): Found<T> | undefined {
  let best: Found<T> | undefined;
  for (const [pattern, value] of rules) {
    const match = pattern.exec(text);
    if (match && (best === undefined || match.index < best.start))
      best = { value, start: match.index, end: match.index + match[0].length };
  }
  return best;
}

const TRIPS: readonly Rule<TripType>[] = [
  [
    /\bround[\s-]?trips?\b|\broundtrips?\b|\bR\/T\b|\bRT\b(?! to)|\breturn(?: flights?| fares?| tickets?| trip)\b|\b(?:return|rtn)(?=\s*(?:$|[.,;:!()|\]\n-]|including|incl\b|per person|pp\b|with|from|in\b|this))/i,
    'roundtrip',
  ],
  [
    /\bhin[\s-]*(?:und|&|\+)[\s-]*(?:zurück|rückflug|rückreise|rückflüge)|\bhin-?\s?\/\s?rückflug|\bH\/R\b|\bida y vuelta\b|\bi\/v\b|\baller[\s-]*(?:et[\s-]*)?retour\b|\bA\/R\b|\btur\/?-?retur\b|\bt\/r\b|\btur och retur\b|\bandata e ritorno\b|\ba\/r\b/i,
    'roundtrip',
  ],
  [/\bzpáteční|\btam i z powrotem|\bw dwie strony|\bpowrotn|\btam a zpět|\btam i zpět|往返|来回|双程/i, 'roundtrip'],
  [
    /\bone[\s-]?way\b|\beach[\s-]way\b|\bsingle (?:ticket|fare|flight)s?\b|\bO\/W\b|\b(?:nur |einfacher )?hinflug\b(?! und)|\beinfache strecke|\boneway\b|\bsolo ida\b|\bpor trayecto\b|\baller simple\b|\bsola andata\b|\bsolo andata\b|\bw jedną stronę|\bjednosměrn|\bjedn[íi]m směrem|单程/i,
    'oneway',
  ],
];

/** Whether the fare is for both ways or one, by words in any of the languages read. */
export const findTripType = (text: string): Found<TripType> | undefined => firstOf(text, TRIPS);

const CABINS: readonly Rule<Cabin>[] = [
  [
    /\bpremium[\s-]eco(?:nomy)?\b|\bturista premium\b|\bekonomiczn\S+ premium|\bpremium economy|超级经济舱|高端经济舱/i,
    'premium_economy',
  ],
  [
    /\bbusiness[\s-]*(?:class|klasse|fares?|saver)\b|\bbusinessclass\b|\bbusiness\b(?=\s*(?:·|\||class|–|$|\)|\]|:))|\bbiz[\s-]class\b|\bclase business\b|\bclasse affaires\b|\bclase ejecutiva\b|\bklas\S+ biznes|\b(?:in|en) business\b|\bbyznys|\bbusiness tříd|\bmint class\b|\bupper class\b|\blie-?flat business|商务舱|公务舱/i,
    'business',
  ],
  [
    /\bfirst[\s-]class\b|\bprimera clase\b|\bpremière classe\b|\bprima classe\b|\bpierwsz\S+ klas|\bprvní třída|头等舱/i,
    'first',
  ],
  [
    /\beconomy(?:[\s-]class|[\s-]klasse| fares?)?\b|\bclase turista\b|\bclasse éco(?:nomique)?\b|\bbasic economy\b|经济舱/i,
    'economy',
  ],
];

/** The cabin a text names; a premium cabin wins over a mention of economy, since the latter is often only a comparison. */
export function findCabin(text: string): Found<Cabin> | undefined {
  const premium = firstOf(text, CABINS.slice(0, 1));
  const found = firstOf(text, CABINS);
  return premium && found?.value === 'economy' ? premium : found;
}

const STOPS: readonly Rule<boolean>[] = [
  [
    /\bnon[\s-]?stops?\b|\bdirect(?: flights?| return| service| routes?)?\b(?!ly|\s+(?:message|link|booking|from the airline))|\bdirektfl[uü]g\S*|\bnonstopfl\S*|\bdirekt\b|\b(?:vuelos?|volo|voli|vols?) direct[oi]?s?\b|\bdirectos?\b|\bsin escalas\b|\bsans escale\b|\bsenza scali\b|\bbezpośredni\S*|\bpřím(?:é|ý|ých|ými|o)\b|\bprzímo|直飞|直达/i,
    true,
  ],
  [
    /\b(?:[1-3]|one|two)[\s-]?stops?\b|\bwith (?:a|one) stop(?:over)?\b|\bovernight layover\b|\blayover in\b|\bzwischenstopp\b|\bumstieg\b|\bumsteigen\b|\b(?:1|una) escala\b|\bcon escala\b|\b(?:1|une) escale\b|\b(?:1|uno) scalo\b|\bprzesiadk\S*|\bpřestup\S*|中转|转机|经停/i,
    false,
  ],
];

/** Whether the flight is non-stop, only where the text says so; a line that says both ("1 Stop, Non-Stop") says nothing. */
export function findNonstop(text: string): Found<boolean> | undefined {
  const found = firstOf(text, STOPS);
  if (!found) return undefined;
  const from = text.lastIndexOf('\n', found.start) + 1;
  const to = text.indexOf('\n', found.end);
  const line = text.slice(from, to < 0 ? undefined : to);
  return STOPS.every(([pattern]) => pattern.test(line)) ? undefined : found;
}

const KINDS: readonly Rule<DealKind>[] = [
  [
    /\b(?:error|mistake)[\s-]fares?\b|\bfare (?:error|mistake)\b|\bpricing (?:error|mistake)\b|\btarifa(?:s)? error\b|\bprice glitch\b|\bpreisfehler\b|\bfehlertarif\b|\bchybn\S+ tarif|\bbłąd cenow|错误票价|\bbug fare\b/i,
    'mistake-fare',
  ],
  [/\bopen[\s-]?jaw\b|\bgabelflug\b|开口程/i, 'open-jaw'],
  [/\bmulti[\s-]city\b|\b[23] in 1\b|\b[23]-in-1\b|\bstopover (?:in|deal)\b/i, 'multi-city'],
];

/** What kind of offer it calls itself. */
export const findKind = (text: string): Found<DealKind> | undefined => firstOf(text, KINDS);

/** Whether the text says that the route is also sold the other way round; where it stands. */
export function findViceVersa(text: string): Found<true> | undefined {
  return firstOf(text, [
    [
      /(?:\(|\b|&\s?)(?:and |or |& )?vice[\s-]versa\b|\bund umgekehrt\b|\by viceversa\b|\be viceversa\b|\bet vice versa\b|\ba naopak\b|\bi odwrotnie\b|\blub odwrotnie\b|反之亦然/i,
      true,
    ],
  ]);
}
