import { inLanguages } from '#platform/language/index.js';

/** What the mails about the end of an account say. */
export const deletionWords = inLanguages({
  en: {
    scheduled: {
      subject: 'Your account will be erased',
      preheader: 'Signing in before then keeps it.',
      text: 'Your Signalbox account was deleted. Everything in it is erased at this time:',
      erased: 'Erased',
      quoted: (workspace: string) => `“${workspace}”`,
      /** @param workspaces a list of quoted names */
      also: (workspaces: string) => `So is ${workspaces}, which nobody else belongs to.`,
      then: 'You are signed out everywhere, your API keys are revoked and your alerts have stopped. To keep the account, sign in before then:',
      button: 'Keep my account',
      footer: 'If it was not you, sign in and set a new password at once.',
    },
    kept: {
      subject: 'Your account stays',
      preheader: 'You signed in, so it is not erased.',
      text: 'Your Signalbox account was to be erased. Because it was signed in to, it is kept, and nothing is lost but the API keys, which stay revoked.',
      footer: 'You get this mail because it concerns the safety of your account.',
    },
  },
  zh: {
    scheduled: {
      subject: '您的账户即将清除',
      preheader: '在此之前登录即可保留账户。',
      text: '您的 Signalbox 账户已删除。其中的所有内容将在以下时间清除：',
      erased: '清除时间',
      quoted: (workspace) => `“${workspace}”`,
      also: (workspaces) => `没有其他成员的工作区 ${workspaces} 也将一并清除。`,
      then: '您已在所有设备上退出登录，您的 API 密钥已撤销，提醒已停止。如需保留账户，请在此之前登录：',
      button: '保留我的账户',
      footer: '如果不是您本人操作，请立即登录并设置新密码。',
    },
    kept: {
      subject: '您的账户已保留',
      preheader: '由于您已登录，账户不会清除。',
      text: '您的 Signalbox 账户原定清除。由于有人登录，账户得以保留，除 API 密钥仍处于撤销状态外，没有任何损失。',
      footer: '您收到此邮件，是因为它关系到您账户的安全。',
    },
  },
});
