import { registerLocaleData } from '@angular/common';
import { loadTranslations } from '@angular/localize';

/** The languages of the console, as BCP 47 names them. */
export const LANGUAGES = [
  { id: 'en', name: 'English' },
  { id: 'zh-Hans', name: '简体中文' },
] as const;

export type Language = (typeof LANGUAGES)[number]['id'];

const KEPT = 'signalbox.language';

/** The language that suits a locale such as `zh-CN` or `de-DE`; English where there is none of its own. */
export function languageOf(locale: string): Language {
  return /^zh(?!-(hant|tw|hk|mo))/i.test(locale) ? 'zh-Hans' : 'en';
}

/** The chosen language, else the browser's. */
export function preferredLanguage(): Language {
  const kept = localStorage.getItem(KEPT);
  return LANGUAGES.find(({ id }) => id === kept)?.id ?? languageOf(navigator.language);
}

/** Keeps the choice; the caller loads the page anew, since words are put in as templates are made. */
export function keepLanguage(language: Language): void {
  localStorage.setItem(KEPT, language);
}

/** Loads the words of the preferred language. English is in the source; without a network it stands in for another. */
export async function loadLanguage(): Promise<Language> {
  const language = preferredLanguage();
  if (language === 'en') return language;
  try {
    const [{ default: words }, { default: locale }] = await Promise.all([
      import('../../locale/zh-Hans.json'),
      import('@angular/common/locales/zh-Hans'),
    ]);
    loadTranslations(words.translations);
    registerLocaleData(locale, language);
    document.documentElement.lang = language;
    return language;
  } catch {
    return 'en';
  }
}
