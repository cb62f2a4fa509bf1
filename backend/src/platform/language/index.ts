export { accepted, inLanguages, languageOf } from './language.js';
export type { Language, WordsOf } from './language.js';
