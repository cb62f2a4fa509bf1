import { inLanguages } from '#platform/language/index.js';

interface SuspensionSaid {
  subject(name: string): string;
  text(name: string): string;
  footer: string;
}

interface SuspensionWords {
  closed: SuspensionSaid;
  read_only: SuspensionSaid;
  resumed: SuspensionSaid;
  memberSuspended: SuspensionSaid;
  memberResumed: SuspensionSaid;
  /** Of a member who owns the workspace now. */
  heir: SuspensionSaid;
  reason: string;
  button: string;
}

const english: SuspensionWords = {
  closed: {
    subject: (name) => `${name} was closed`,
    text: (name) =>
      `An operator of Signalbox closed the workspace ${name}: nobody who belongs to it gets in, and its alerts have stopped. ` +
      'Sources go on receiving, and nothing is lost.',
    footer: 'You get this mail because you own the workspace. Ask your administrator how it opens again.',
  },
  read_only: {
    subject: (name) => `${name} is read-only now`,
    text: (name) =>
      `An operator of Signalbox made the workspace ${name} read-only: everything can be read, and nothing changed. ` +
      'Sources go on receiving, and alerts go on.',
    footer: 'You get this mail because you own the workspace. Ask your administrator how it opens again.',
  },
  resumed: {
    subject: (name) => `${name} is open again`,
    text: (name) => `An operator of Signalbox ended the suspension of the workspace ${name}: it works as before.`,
    footer: 'You get this mail because you own the workspace.',
  },
  memberSuspended: {
    subject: (name) => `${name} is closed to you`,
    text: (name) =>
      `You were suspended in the workspace ${name}: it is closed to you and to your API keys there, and your alerts of it ` +
      'have stopped. Your role, keys and subscriptions are kept.',
    footer: 'If you think that this is a mistake, ask an owner of the workspace.',
  },
  memberResumed: {
    subject: (name) => `${name} is open to you again`,
    text: (name) =>
      `You were let in to the workspace ${name} again. Your role, keys and subscriptions are as they were.`,
    footer: 'You get this mail because you were suspended there before.',
  },
  heir: {
    subject: (name) => `${name} is open to you again`,
    text: (name) =>
      `You were let in to the workspace ${name} again. You own it from now on, because its last owner left. ` +
      'Your keys and subscriptions are as they were.',
    footer: 'You get this mail because you were suspended there before.',
  },
  reason: 'Reason',
  button: 'Open the workspace',
};

const chinese: SuspensionWords = {
  closed: {
    subject: (name) => `${name} 已关闭`,
    text: (name) =>
      `Signalbox 的管理员关闭了工作区 ${name}：其成员均无法进入，提醒已停止。来源仍在接收，数据不会丢失。`,
    footer: '您收到此邮件，是因为您是该工作区的所有者。如需重新开放，请联系您的管理员。',
  },
  read_only: {
    subject: (name) => `${name} 现为只读`,
    text: (name) =>
      `Signalbox 的管理员将工作区 ${name} 设为只读：所有内容均可查看，但无法更改。来源仍在接收，提醒照常发送。`,
    footer: '您收到此邮件，是因为您是该工作区的所有者。如需重新开放，请联系您的管理员。',
  },
  resumed: {
    subject: (name) => `${name} 已重新开放`,
    text: (name) => `Signalbox 的管理员解除了对工作区 ${name} 的限制：一切恢复如前。`,
    footer: '您收到此邮件，是因为您是该工作区的所有者。',
  },
  memberSuspended: {
    subject: (name) => `${name} 已对您关闭`,
    text: (name) =>
      `您在工作区 ${name} 中的成员资格已被停用：您和您在其中的 API 密钥均无法进入，相关提醒已停止。您的角色、密钥和订阅均予保留。`,
    footer: '如果您认为这是误操作，请联系该工作区的所有者。',
  },
  memberResumed: {
    subject: (name) => `${name} 已重新对您开放`,
    text: (name) => `您可以重新进入工作区 ${name}。您的角色、密钥和订阅保持不变。`,
    footer: '您收到此邮件，是因为您此前在该工作区中被停用。',
  },
  heir: {
    subject: (name) => `${name} 已重新对您开放`,
    text: (name) =>
      `您可以重新进入工作区 ${name}。由于其最后一位所有者已离开，您现在是它的所有者。您的密钥和订阅保持不变。`,
    footer: '您收到此邮件，是因为您此前在该工作区中被停用。',
  },
  reason: '原因',
  button: '打开工作区',
};

/** What the mails about suspended workspaces and members say. */
export const suspensionWords = inLanguages<SuspensionWords>({ en: english, zh: chinese });
