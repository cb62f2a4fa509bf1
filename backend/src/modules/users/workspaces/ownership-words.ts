import { inLanguages } from '#platform/language/index.js';

/** What the mails about who owns a workspace say. */
export const ownershipWords = inLanguages({
  en: {
    from: {
      subject: (workspace: string) => `You handed ${workspace} over`,
      text: (workspace: string, other: string) =>
        `${other} owns the workspace ${workspace} now, as you wished. You are an admin of it.`,
      footer: (other: string) =>
        `If it was not you, sign in, change your password and ask ${other} or your administrator for it back.`,
    },
    to: {
      subject: (workspace: string) => `${workspace} is yours`,
      text: (workspace: string, other: string) =>
        `${other} handed the workspace ${workspace} over to you: you are an owner of it now.`,
      footer: 'If you do not want it, hand it over to another member.',
    },
    button: 'See its members',
  },
  zh: {
    from: {
      subject: (workspace) => `您已移交 ${workspace}`,
      text: (workspace, other) => `按照您的要求，工作区 ${workspace} 现归 ${other} 所有。您是它的管理员。`,
      footer: (other) => `如果不是您本人操作，请登录并更改密码，再向 ${other} 或您的管理员要回工作区。`,
    },
    to: {
      subject: (workspace) => `${workspace} 现归您所有`,
      text: (workspace, other) => `${other} 已将工作区 ${workspace} 移交给您：您现在是它的所有者。`,
      footer: '如果您不想要它，请移交给其他成员。',
    },
    button: '查看成员',
  },
});
