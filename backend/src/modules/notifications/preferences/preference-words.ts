import { inLanguages } from '#platform/language/index.js';

/** What the rows of the grid are called that are no type of event, and how a type is called. */
export const preferenceWords = inLanguages({
  en: {
    security: {
      title: 'Security of your account',
      description: 'Confirmations, sign-ins, new passwords and second factors.',
    },
    all: { title: 'Everything else', description: 'All that has no choice of its own.' },
    type: (type: string, _about: string) => titled(type),
  },
  zh: {
    security: { title: '账户安全', description: '确认、登录、新密码和两步验证。' },
    all: { title: '其他所有通知', description: '所有没有单独选择的通知。' },
    type: (_type, about) => about.replace(/。$/u, ''),
  },
});

/** `api_key.rotated` as "API key rotated". */
function titled(type: string): string {
  const words = type.replaceAll(/[._]/g, ' ').replaceAll(/\b(?:api|totp)\b/g, (name) => name.toUpperCase());
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
