import { inLanguages } from '#platform/language/index.js';

/** What the layout itself says. */
export const mailWords = inLanguages({ en: { unsubscribe: 'Unsubscribe' }, zh: { unsubscribe: '退订' } });
