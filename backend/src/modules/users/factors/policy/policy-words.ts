import { inLanguages } from '#platform/language/index.js';

/** What the mail says to members of a workspace that began to ask for a second factor. */
export const policyWords = inLanguages({
  en: {
    subject: (name: string) => `${name} asks for a second factor`,
    preheader: 'Set one up, and the workspace opens again.',
    heading: 'A second factor is needed',
    text: (name: string) =>
      `The workspace "${name}" now asks its people for a second factor, and you have none: it stays closed until ` +
      'you set up an authenticator app or a passkey. Nothing of yours was removed.',
    button: 'Set one up',
    footer: 'You get this mail because you belong to the workspace.',
  },
  zh: {
    subject: (name) => `${name} 要求两步验证`,
    preheader: '设置两步验证后，工作区即可重新打开。',
    heading: '需要两步验证',
    text: (name) =>
      `工作区“${name}”现在要求其成员使用两步验证，而您尚未设置：在您设置身份验证器应用或通行密钥之前，该工作区对您关闭。您的内容均未移除。`,
    button: '立即设置',
    footer: '您收到此邮件，是因为您是该工作区的成员。',
  },
});
