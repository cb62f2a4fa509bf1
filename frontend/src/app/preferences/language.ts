import { registerLocaleData } from '@angular/common';
import { loadTranslations } from '@angular/localize';

/** The languages of the console, as BCP 47 names them. */
export type Language = 'en' | 'zh-Hans';

/** The language that suits a locale such as `zh-CN` or `de-DE`; English where there is none of its own. */
export function languageOf(locale: string): Language {
  return /^zh(?!-(hant|tw|hk|mo))/i.test(locale) ? 'zh-Hans' : 'en';
}

const KEY = 'signalbox.locale';

/** Keeps the locale of who is signed in, for the next time that the console opens here. */
export function keepLocale(locale: string): void {
  localStorage.setItem(KEY, locale);
}

/** Loads the words of the language that was chosen last, or the browser's. English is in the source; without a network it stands in for another. */
export async function loadLanguage(): Promise<Language> {
  const language = languageOf(localStorage.getItem(KEY) ?? navigator.language);
  if (language === 'en') return language;
  try {
    const [{ default: words }, { default: locale }] = await Promise.all([
      import('../../locale/zh-Hans.json'),
      import('@angular/common/locales/zh-Hans'),
    ]);
    // Words that are not there yet: English, and said to be English.
    if (Object.keys(words.translations).length === 0) return 'en';
    loadTranslations(words.translations);
    registerLocaleData(locale, language);
    document.documentElement.lang = language;
    return language;
  } catch {
    return 'en';
  }
}
