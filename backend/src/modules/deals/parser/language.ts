const WORDS: readonly (readonly [string, RegExp])[] = [
  [
    'cs',
    /\b(?:letenk\S*|zpáteční\S*|lety|podzim\S*|jaře|zim[ěu]|létě|přímé|přímý|korun|do|na|z|ze|za|již|akční|tam a zpět)(?![\p{L}])|kč/giu,
  ],
  [
    'pl',
    /\b(?:loty?|lot[óo]w|bilety|tanie|powrotn\S*|zł|pln|do|na|z|ze|za|już|wakacje|promocj\S*|w dwie strony|bezpośredni\S*)(?![\p{L}])/giu,
  ],
  ['de', /\b(?:flüge?n?|flug|nach|von|ab|für|und|der|die|das|mit|günstig\S*|hin|zurück|bis|nur|im)(?![\p{L}])/giu],
  [
    'es',
    /\b(?:vuelos?|desde|ida|vuelta|por|para|con|solo|hasta|y|el|los|las|del|ofertas?|chollo|barat\S*|de|en)(?![\p{L}])/giu,
  ],
  ['fr', /\b(?:vols?|depuis|partir|aller|retour|au|départ|pour|avec|et|les|des|dès|du|promo|de|le|la)(?![\p{L}])/giu],
  ['it', /\b(?:voli?|andata|ritorno|partire|da|per|con|solo|offerta|offerte|il|gli|della|di|e)(?![\p{L}])/giu],
  [
    'en',
    /\b(?:flights?|from|to|for|the|and|only|with|cheap|roundtrip|return|your|of|in|on|fares?|is|are|this|prices?)(?![\p{L}])/giu,
  ],
];

/** The language of a text by its commonest words (ISO 639-1): one of those the parser reads, `en` when in doubt. Reads the first 2,000 characters. */
export function guessLanguage(text: string): string {
  const sample = text.slice(0, 2000);
  const han = sample.match(/[\u4e00-\u9fff]/g)?.length ?? 0;
  if (han >= 2 && han * 6 > sample.length) return 'zh';
  if (/\b(?:från|till|och|flyg|tur och retur)(?![\p{L}])/iu.test(sample)) return 'sv';
  if (/\b(?:fra|til|og|flybilletter|tur-retur)(?![\p{L}])/iu.test(sample) && /\b(?:til)(?![\p{L}])/iu.test(sample))
    return 'no';
  let best = 'en';
  let most = 0;
  for (const [language, pattern] of WORDS) {
    const hits = sample.match(pattern) ?? [];
    const weight =
      new Set(hits.map((hit) => hit.toLowerCase())).size + hits.length / 100 + (language === 'en' ? 0.5 : 0);
    if (weight > most) [best, most] = [language, weight];
  }
  return best;
}
