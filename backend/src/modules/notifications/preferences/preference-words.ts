import { inLanguages } from '#platform/language/index.js';

/** What the rows of the grid are called that are no type of event. */
export const preferenceWords = inLanguages({
  en: {
    security: {
      title: 'Security of your account',
      description: 'Confirmations, sign-ins, new passwords and second factors.',
    },
    all: { title: 'Everything else', description: 'All that has no choice of its own.' },
  },
  zh: {
    security: { title: '账户安全', description: '确认、登录、新密码和两步验证。' },
    all: { title: '其他所有通知', description: '所有没有单独选择的通知。' },
  },
});
