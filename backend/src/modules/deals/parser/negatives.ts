/** Why a text, or a title, is not a flight deal. */
export type Refusal =
  | 'expired'
  | 'package'
  | 'hotel'
  | 'cruise'
  | 'voucher'
  | 'loyalty'
  | 'increase'
  | 'other-transport'
  | 'guide'
  | 'news';

const TITLE: readonly (readonly [RegExp, Refusal])[] = [
  [
    /\bexpired\b|\babgelaufen\b|\b(?:fare|deal)s? (?:is |are |now )*gone\b|\bsold out\b|\bausverkauft\b|\bvorbei\b|\bcaducad[oa]\b|\bexpirad[oa]\b|\bagotad[oa]\b|\bexpir[ée]\b|\bterminé\b|\bscadut[oa]\b|\bwygas|\bnieaktualn|\bvyprodán|\bukončen|\bno longer (?:available|valid)\b|\bDEAD\b|已过期|已失效|已售罄|已结束/iu,
    'expired',
  ],
  [
    /\b(?:inkl|incl|inclusive|including|includes)\.? (?:return |hin- und rück)?(?:flights?|flug|flügen?|vuelos?)\b|\bmit flug\b|\b(?:flights?|vuelos?|flüge?) (?:included|incluidos?|inklusive)\b|\b(?:flights?|vuelos?|flüge?|flug|voli?|vols?|lety|loty|letenk\S*) ?(?:\+|&|and|und|y|e|et|i|a|plus|mit|con) ?(?:\d\*? ?)?(?:hotel|hotels|accommodation|hostel|apartment|unterkunft|alojamiento|transfers?|ubytování|nocleg\S*|car hire|estancia|hébergement)\b/iu,
    'package',
  ],
  [
    /\b(?:hotel|accommodation|unterkunft) ?(?:\+|&|and|und|y|e|et|inkl\.?|incl\.?|con|mit) ?(?:flights?|vuelos?|flug|flüge|voli?|vols?)\b/iu,
    'package',
  ],
  [
    /\ball[\s-]inclusive\b|\btodo incluido\b|\btout compris\b|\btutto incluso\b|\ball inclusive\b|\bpauschalreise\S*|\bpackage (?:holiday|deal|trip|tour)s?\b|\bholiday package|\bcity ?break package|\bpauschal\b|\bpaquete\b|\bpacchetto\b|\bzájezd\S*|\bwczasy\b|\bhalf[\s-]board\b|\bhalbpension\b|\bmedia pensión\b|\bcircuito\b|\brundreise\S*|\bgruppenreise\S*|\bpensión completa\b|\bcircuit (?:de|en|au)\b|\bguided tour\b|\bgroup tour\b|\bokružní|\bfull[\s-]board\b|自由行|跟团|套餐|机酒|酒店套/iu,
    'package',
  ],
  [
    /\b\d{1,2}[\s-]?(?:night|nt)s?\b(?! (?:layover|stopover))|\b\d{1,2} noches\b|\b\d{1,2} nächte\b|\b\d{1,2} übernachtung\S*|\b\d{1,2} nuits\b|\b\d{1,2} notti\b|\b\d{1,2} nocy\b|\b\d{1,2} noc[íe]\b|\b\d{1,2} días \/|\d ?晚/iu,
    'package',
  ],
  [
    /\bh[oô]tel\p{L}*|\bresorts?\b|\bvillas?\b|\bhostels?\b|\bapart(?:ment|hotel|amento)s?\b|\b[2-5]\s?\*|\b[2-5][\s-]stars?\b(?![\s-]+(?:airlines?|carriers?))|\bferienwohnung|\bferienhaus|\bcasa rural\b|\bglamping\b|\bairbnb\b|\bsuites?\b|\bcabins? in\b|\bcottages?\b|\bchalet\b|酒店|民宿/iu,
    'hotel',
  ],
  [
    /\b(?:mini-?)?cruises?\b|\bkreuzfahrt\S*|\bcruceros?\b|\bcroisières?\b|\bcrociera\b|\bferry\b|\bfähre\b|\bplavb\S*|邮轮/iu,
    'cruise',
  ],
  [
    /\bgutschein\S*|\bvouchers?\b|\bgift cards?\b|\bpromo ?codes?\b|\bdiscount codes?\b|\bcoupons?\b|\bcódigo (?:de )?descuento|\bcódigo promocional\b|\bcup[oó]n\b|\bbon de réduction|\bcode promo\b|\bkod (?:rabatowy|zniżkowy|promocyjny)|\bslevov\S+ kód|\bcodice sconto|优惠券|代金券|抽奖|\bgiveaway\b|\bgewinnspiel\b|\bsorteo\b|\bwin (?:a|two|tickets|flights)\b/iu,
    'voucher',
  ],
  [
    /\bbonus (?:miles|points|avios)\b|\b(?:buy|transfer|earn|redeem|convert) (?:\S+ ){0,3}(?:miles|points|avios)\b|\b[\d.,]+k? ?(?:miles|avios|points|meilen|millas|punkte|puntos|里程|积分)\b|\bstatus match|\bcredit card|\bkreditkarte|\bsign-?up bonus|\bmeilen\b|\baward (?:space|availability|seats?|tickets?|sale)\b|\baadvantage\b|\bmileage ?plus\b|\bskymiles\b|\bloyalty\b|\bpunkte\b|积分|里程/iu,
    'loyalty',
  ],
  [
    /\bcar (?:hire|rental)s?\b|\b(?:deutsche )?bahn\b|\b(?:super-?)?sparpreis\S*|\b(?:by|on the) train\b|\btrains? (?:trip|travel|ride|fare|journey|pass)\S*|\brenfe\b|\bouigo\b|\btrenitalia\b|\bamtrak\b|\bregiojet\b|\bflixtrain\b|\bthalys\b|\brail ?pass\b|\bcoach (?:tickets?|travel)\b|\bfernbus\S*|\bautokar\S*|\biryo\b|\bavlo\b|\balta velocidad\b|\bTGV\b|\bintercity\b|\beurail\b|\b(?:yacht|boat|sailing|bareboat) charter\b|\bcatamarans?\b|\bcamper ?vans?\b|\bmotorhomes?\b|\brelocation\b|\bautobús\b|\bvlak(?:em|y|u|ů)?\b|\bjízdenk\S*|\bpociąg\S*|\bmietwagen\b|\balquiler de coches?\b|\btrain (?:tickets?|from|to)\b|\beurostar\b|\bflixbus\b|\bmegabus\b|\bbus tickets?\b|\binterrail\b|\bcampervan\b|\btrenes?\b|\bzugtickets?\b|高铁|火车票|租车/iu,
    'other-transport',
  ],
  [/\btrip report\b|\breview\b|\bhow it works\b|\bexplained\b|^\W*(?:I|we) (?:flew|tried|booked|paid)\b/iu, 'guide'],
  [
    /\b(?:travel|city) guide\b|\bguide to\b|\btravel tips\b|\btravel news\b|\bhow (?:we|i|to)\b|\bstreicht\b|\bcancel(?:s|led)\b|\bstrikes?\b|\bstreik\S*|\bhuelga\b|\braises?\b|\bfees?\b|\bthings to do\b|\bhours in\b|\breiseführer\b|\breisebericht\b|\bqué ver\b|\bguía de\b|\bco vidět\b|攻略|游记/iu,
    'news',
  ],
];

const INCREASES =
  /\bprices?\b[^.!\n]{0,60}\b(?:increased|gone up|went up|risen|rose)\b|\bprice increase\b|\b(?:flight|fare|price) is (?:now )?up\b|, up [$€£]|\bnow higher\b|\bpreis(?:e)? (?:ist|sind) gestiegen\b|\bha subido\b|\ba augmenté\b|\bè aumentat|涨价|价格上涨/iu;

/** Why a title is not a flight deal, if it is not. An all-inclusive holiday, a hotel or an expired fare says so in its title. */
export function refuseTitle(title: string): Refusal | undefined {
  // In capitals only, and before a place: the Spanish fast train.
  if (/\bAVE (?=(?:de |desde |a )?\p{Lu}\p{Ll})/u.test(title)) return 'other-transport';
  if (INCREASES.test(title)) return 'increase';
  // Stars before an airline are the airline's, not a hotel's.
  const starless = title.replace(
    /[2-5](?:\s?\*|[\s-](?:stars?|sterne-?))\s*-?(?=(?:\p{Lu}[\p{L}]+\s){0,3}(?:airlines?|airways|air|flights?|fares?)\b)/giu,
    ' ',
  );
  const bare = starless.replace(
    /hotel included|no hotel|without hotel|\bmileage run\b|(?:min|max|for)\.? \d+ nights?/giu,
    ' ',
  );
  return TITLE.find(([pattern]) => pattern.test(bare))?.[1];
}

const BODY_EXPIRED =
  /^\W{0,6}(?:\*+)?(?:expired|this (?:deal|fare|offer) (?:has |is )?(?:now )?(?:expired|gone|dead|over)|update\W{1,4}(?:this |the )?(?:deal|fare|offer)?\s?(?:has |is )?(?:now )?(?:expired|gone|dead|sold out))/iu;

/** Whether a body opens by saying that the deal is over. */
export const bodySaysExpired = (body: string): boolean =>
  body
    .slice(0, 2000)
    .split('\n')
    .some(
      (line, i) =>
        (i < 6 && BODY_EXPIRED.test(line)) ||
        (/^\W{0,6}(?:update|edit|upd)\b/i.test(line) && GONE.test(line.slice(0, 300))) ||
        (i < 3 && MISSED.test(line)),
    );

const GONE =
  /\b(?:(?:has|have|was|were|been) (?:now )?(?:been )?(?:fixed|pulled|corrected|expired)|expired|(?:is|are|all|now) (?:now )?(?:gone|dead|over)|no longer (?:available|working|valid|bookable)|sold out)\b/i;

/** What a note to followers says of a fare that can be had no longer. */
const MISSED =
  /^\W*(?:sadly|unfortunately|too late|leider|lamentablemente|por desgracia|malheureusement|bohužel|niestety)\b.{0,160}\b(?:gone|dead|over|expired|fixed|pulled|sold out|vorbei|weg|abgelaufen|agotad\S*|caducad\S*|terminé\S*|pryč)\b|^\W*(?:did you |you )?miss(?:ed)? (?:out\b|(?:the|this|that|our|yesterday)\b)|\b(?:is|are) now gone\b/iu;

const LINE_PACKAGE =
  /\bper night\b|\b\d+ nights?\b|\bh[oô]tel(?:s|es|u|ů|e|y)?\b|\bresort\b|\balojamiento\b|\bunterkunft\b|\bubytování\b|\bnoclegi?\b|\bapart(?:ment|amento)s?\b|\bpensión completa\b|\bcruise\b|\ball[\s-]inclusive\b|\bcar hire\b|\bvilla\b|\bnächte\b|\bnoches\b|\bnuits\b|\bnotti\b|酒店/iu;

/** Whether a line of a list is about a stay rather than a flight. */
export const lineIsStay = (line: string): boolean => LINE_PACKAGE.test(line);

const BOOKED =
  /\bbooking (?:reference|confirmation|number|code)\b|\bticket number\b|\btravel itinerary\b|\bnow tracking\b|\bschedule change\b|\brebook\b|\bin your (?:basket|cart)\b|\b(?:finish|complete) your (?:booking|purchase)\b|\bseat upgrades?\b|\bupgrade (?:to|your)\b|\byour (?:upcoming )?(?:flight|trip) (?:to|from) .{0,60}\b(?:now departs|departs at|is delayed|was delayed|has been (?:moved|cancell?ed|changed))\b|\bserá? cancelado\b|\bflugänderung\b|\bflugzeitenänderung\b|\bjust booked\b|\b(?:I|we)(?:['’]ve| have)? (?:just )?(?:booked|paid|bought|flew)\b|\bever spent\b|\bthanks for (?:booking|your (?:booking|order|purchase))\b|\bbooking is confirmed\b|\bis confirmed\b|\be-?ticket\b|\b(?:itinerary|passenger|ticket) receipt\b|\bboarding pass\b|\bcheck[\s-]?in (?:now|online|is open)\b|\breservation (?:number|code|confirmed)\b|\bconfirmation (?:number|code)\b|\btotal paid\b|\brecord locator\b|\bPNR\b|\bbuchungs(?:nummer|bestätigung|code)\b|\bconfirmación de (?:tu |su )?reserva\b|\blocalizador\b|\bnuméro de réservation\b|\bnumer rezerwacji\b|\bčíslo rezervace\b|\bcodice prenotazione\b|预订确认|订单号|电子客票|行程单/iu;

/** Whether a mail is about a flight that somebody has bought: what it cost is no offer. */
export const isBooking = (title: string, body: string): boolean =>
  BOOKED.test(title) || BOOKED.test(body.slice(0, 4000));

const WATCHED =
  /\bprice (?:alert|change|update|tracker)\b|\bpreisalarm\b|\balerta de precio|\balerte\b|\bprice watch\b|价格提醒/i;

/** Whether a title announces a changed fare: what it calls cheaper is a drop, no voucher. */
export const isWatched = (title: string): boolean =>
  WATCHED.test(title) || /\b(?:cheaper|dropped|price drop|is down|are down)\b/i.test(title);

/** Whether a line of an alert says that the fare below it rose: "Up A$20", "Price increased". */
export const saysRise = (line: string): boolean =>
  /^\W*(?:↑|▲|up (?:by )?[^\d\s]{0,4}\s?\d|(?:price |prices )?(?:increased|rose|went up|gone up|have gone up|has gone up)\b)/i.test(
    line,
  );

/** Whether a price alert tells that the fare rose. */
export const alertOfRise = (title: string, body: string): boolean =>
  WATCHED.test(`${title}\n${body.slice(0, 200)}`) &&
  INCREASES.test(body.slice(0, 800)) &&
  !/\b(?:dropped|gone down|fallen|decreased|lower)\b/i.test(body.slice(0, 800));

/** What is sold, paid or told in mails that also name cities and amounts, none of them fares. */
const OTHER_TRADE =
  /\b(?:invoice|rechnung|factura|faktura|honorar|courses?|sprachkurs\S*|workshop|lessons?|pillows?|adapters?|gadgets?|receipt|refund(?:s|ed)?|shipped|parcel|courier|freight|cargo|containers?|rate sheet|e-?sim|data plan|insurance|versicherung|seguro de viaje|(?:private|airport|bank) transfers?|chauffeur|taxi|shuttle|lounge|parking|parkplatz|parken|survey|household|removals?|your order|order total|bedrooms?|salary|jobs?|card payment|kartenzahlung|belastet|charged|compensation|entschädigung|indemnización|owed|fahrkarten?|concert|festival|match|stadium|conference|marathon|early bird|tickets? to the|skip-the-line|day trips?|guided|small group|homestays?|at sea|on board|sailings?|ferries|coach|bag(?:gage)? fees?|checked bag fees?|annual fee|visa fee|fare rules|tuition|rent|mortgage|auction|warehouse)\b|\bsub(?:ject)? to baf\b|\b\d+ ?gb\b/iu;

/** Whether a line, or a text's opening, deals in something else than flights. */
export const isOtherTrade = (text: string): boolean => OTHER_TRADE.test(text);

const FLYING =
  /\bflights?\b|\bfly(?:ing)?\b|\bfares?\b|\bairfares?\b|cheapflights|\bround[\s-]?trip\b|\bR\/?T\b|\d\s?rt\b|\beach[\s-]way\b|\bopen[\s-]?jaw\b|\bi\/v\b|\bpor trayecto\b|\bskyscanner\b|\bkayak\b|\bone[\s-]?way\b|\bnon-?stop\b|\breturn\b|\bairlines?\b|\bairways\b|\bairport\b|\bflü?ge?n?\b|\bflug\S*|\b(?:ab|hin|weiter)?flieg(?:t|en|st|e)\b|\bflies\b|\bflown?\b|\bvuela\b|\bvolando\b|\bpasajes?\b|\bsalidas? desde\b|\bdepart(?:ing|ures?)\b|\babflüge?\b|\babflug\b|\bodlet\S*|\bwylot\S*|\baerolínea\S*|\bvola(?:re|no)?\b|\blétá\b|\bletí\b|\blata\b|\blecieć\b|\bbilety lotnicze\b|\bhin- und\b|\bvuelos?\b|\bvolar\b|\bida y vuelta\b|\bvols?\b|\baller[\s-]retour\b|\bA\/R\b|\bvol[oi]\b|\bandata\b|\bloty?\b|\blot[óo]w\b|\bletenk\S*|\bletět\b|\blety\b|\bzpáteční\b|✈|🛫|🛬|机票|往返|单程|直飞|航班|特价|航空/iu;

/** Whether a text speaks of flying at all; a route and a price alone may be a train, freight or a bet. */
export const speaksOfFlying = (text: string): boolean => FLYING.test(text);
