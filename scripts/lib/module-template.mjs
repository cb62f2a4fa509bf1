// Turns the templates of scripts/templates/module into a room of another name.

/**
 * @typedef {object} Names
 * @property {string} plural kebab-case, as in the folder and in paths: `side-notes`
 * @property {string} singular `side-note`
 * @property {string} number of the migration, four digits
 */

/** @param {string} kebab */
export const pascal = (kebab) => kebab.replace(/(?:^|-)(\w)/g, (_, letter) => letter.toUpperCase());
/** @param {string} kebab */
export const camel = (kebab) => pascal(kebab).replace(/^\w/, (letter) => letter.toLowerCase());
/** @param {string} kebab */
export const snake = (kebab) => kebab.replaceAll('-', '_');
/** @param {string} kebab */
export const words = (kebab) => kebab.replaceAll('-', ' ');

/**
 * Fills a template in. In it a room of samples stands for the new one; where the two spellings of a name differ (paths,
 * SQL, code, prose), the words around it say which is meant.
 * @param {string} text
 * @param {Names} names
 */
export function fill(text, { plural, singular, number }) {
  return text
    .replaceAll('NUMBER', number)
    .replace(/(?<=\.\/)samples?(?=\.)/g, (word) => (word === 'samples' ? plural : singular))
    .replace(/(?<=[/'`?])samples(?=[/'`?])/g, plural)
    .replace(/(?<=')samples(?=:(?:read|write)')/g, snake(plural))
    .replace(/(?<=')samples(?=\.one')/g, plural)
    .replace(/(?<=')sample(?=\.(?:created|updated|deleted)|_not_found|')/g, snake(singular))
    .replace(/(?<=(?:table|index|from|on) )sample(?=[_ `])/g, snake(singular))
    .replace(/Samples(?=[A-Z'])|(?<=class |type )Samples/g, pascal(plural))
    .replace(/Samples/g, pascal(plural))
    .replace(/Sample/g, pascal(singular))
    .replace(
      /(?<=(?:A|a|An|The|the|one|One|no such|of|with|workspace's|do with|reads of|Change a|Make a|Remove a|such) )samples?(?=[ .:,'])/g,
      (word) => (word === 'samples' ? words(plural) : words(singular)),
    )
    .replace(/samples/g, camel(plural))
    .replace(/sample/g, camel(singular));
}
