import { inLanguages } from '#platform/language/index.js';

/** What deal alerts say, beside names and numbers. */
export interface DealWords {
  readonly found: string;
  readonly fallen: string;
  down(route: string, price: string): string;
  readonly before: string;
  readonly offer: string;
  from(title: string): string;
  readonly anywhere: string;
  readonly trips: Readonly<Record<string, string>>;
  readonly cabins: Readonly<Record<string, string>>;
  /** What is special about a deal, by its kind; one that is not here is said as it is. */
  readonly kinds: Readonly<Record<string, string>>;
  readonly nonstop: string;
  readonly stops: string;
  airline(count: number): string;
  readonly travel: string;
  readonly bookBy: string;
  cheaper(percent: number): string;
  /** Between the names of places or airlines. */
  readonly comma: string;
}

const english: DealWords = {
  found: 'A deal for you',
  fallen: 'A price fell',
  down: (route, price) => `${route} down to ${price}`,
  before: 'Before',
  offer: 'See the offer',
  from: (title) => `From: ${title}`,
  anywhere: 'Anywhere',
  trips: { roundtrip: 'Round trip', oneway: 'One way' },
  cabins: { economy: 'Economy', premium: 'Premium economy', business: 'Business', first: 'First' },
  kinds: { 'mistake-fare': 'Mistake fare', 'open-jaw': 'Open jaw', 'multi-city': 'Multi-city' },
  nonstop: 'Non-stop',
  stops: 'With stops',
  airline: (count) => (count > 1 ? 'Airlines' : 'Airline'),
  travel: 'Travel',
  bookBy: 'Book by',
  cheaper: (percent) => `Cheaper than ${percent} % of the prices seen on this route`,
  comma: ', ',
};

const chinese: DealWords = {
  found: '为您找到一条优惠',
  fallen: '价格下降',
  down: (route, price) => `${route} 降至 ${price}`,
  before: '原价',
  offer: '查看优惠',
  from: (title) => `来自：${title}`,
  anywhere: '任意地点',
  trips: { roundtrip: '往返', oneway: '单程' },
  cabins: { economy: '经济舱', premium: '超级经济舱', business: '商务舱', first: '头等舱' },
  kinds: { 'mistake-fare': '错误票价', 'open-jaw': '缺口程', 'multi-city': '多城市' },
  nonstop: '直飞',
  stops: '需中转',
  airline: () => '航空公司',
  travel: '出行时间',
  bookBy: '预订截止',
  cheaper: (percent) => `低于该航线 ${percent}% 的历史价格`,
  comma: '、',
};

/** The words for a reader's language. */
export const dealWords = inLanguages<DealWords>({ en: english, zh: chinese });
