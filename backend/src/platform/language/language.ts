/** The languages that people are told things in, outside the console. */
export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The words for a locale, with the dictionary that they are taken from. */
export interface WordsOf<W> {
  /** @param locale BCP 47 */
  (locale: string): W;
  readonly dictionary: Readonly<Record<Language, W>>;
}

/**
 * Texts in every language: strings, functions of strings and numbers, and groups of them, under the same names. They stand in
 * files called `…words.ts`, which a spec walks: each text must be there in each language and say the same values.
 */
export function inLanguages<W extends object>(dictionary: { readonly en: W; readonly zh: NoInfer<W> }): WordsOf<W> {
  return Object.assign((locale: string) => dictionary[languageOf(locale)], { dictionary });
}

/** The language for a reader: simplified Chinese is nearer than English to all that is written Chinese. @param locale BCP 47 */
export function languageOf(locale: string): Language {
  return /^zh\b/i.test(locale) ? 'zh' : 'en';
}

/** The first language of an `Accept-Language` header that there are words in; English when there is none. */
export function accepted(header: string | undefined): Language {
  const wanted = (header ?? '')
    .slice(0, 1000)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      const q = parameters.find((piece) => /^q=/i.test(piece))?.slice(2);
      return { tag, q: q === undefined ? 1 : Number(q) || 0 };
    })
    .filter(({ tag, q }) => q > 0 && /^(en|zh)\b/i.test(tag))
    .sort((a, b) => b.q - a.q);
  return languageOf(wanted[0]?.tag ?? 'en');
}
