import { inLanguages } from '#platform/language/index.js';

interface OperatorSaid {
  subject(name: string): string;
  text(name: string): string;
  footer: string;
}

interface OperatorWords {
  /** To the person concerned. */
  own: { added: OperatorSaid; removed: OperatorSaid };
  /** To the other operators. */
  others: { added: OperatorSaid; removed: OperatorSaid };
  recovered: {
    own: { subject: string; footer: string };
    others: { subject(name: string): string; footer: string };
    preheader: string;
    text: string;
    operator: string;
  };
  /** Somebody, as they are listed. */
  called(name: string, email: string): string;
  person: string;
  by: string;
  time: string;
  button: string;
}

const english: OperatorWords = {
  own: {
    added: {
      subject: () => 'You are an operator now',
      text: () => 'You run this Signalbox instance now. It gives you no access to the contents of workspaces.',
      footer:
        'Protect your account with a second factor. If you do not know why you got this, tell your administrator.',
    },
    removed: {
      subject: () => 'You are no operator any more',
      text: () => 'You do not run this Signalbox instance any more. Your account and your workspaces stay as they are.',
      footer: 'If this should not be so, ask another operator.',
    },
  },
  others: {
    added: {
      subject: (name) => `${name} is an operator now`,
      text: (name) => `${name} runs this Signalbox instance now, as you do.`,
      footer: 'If this should not be so, sign in at once, take it back, and look at the audit trail.',
    },
    removed: {
      subject: (name) => `${name} is no operator any more`,
      text: (name) => `${name} does not run this Signalbox instance any more.`,
      footer: 'If this should not be so, sign in, look at the audit trail, and make them an operator again.',
    },
  },
  recovered: {
    own: {
      subject: 'You were let in again',
      footer:
        'If you do not know of this, somebody else holds the machine: look at it, and at the audit trail, at once.',
    },
    others: {
      subject: (name) => `${name} was let in again`,
      footer: 'If this should not be so, sign in, look at the audit trail, and ask who uses the machine.',
    },
    preheader: 'Second factors were removed on the machine of the instance.',
    text:
      'Whoever runs the machine of this Signalbox instance used its command for operators who lost every way in: ' +
      'second factors were removed, all sessions were ended, and a link that sets a new password was shown on the machine.',
    operator: 'Operator',
  },
  called: (name, email) => `${name} (${email})`,
  person: 'Person',
  by: 'By',
  time: 'Time',
  button: 'Sign in',
};

const chinese: OperatorWords = {
  own: {
    added: {
      subject: () => '您现在是实例管理员',
      text: () => '您现在负责管理此 Signalbox 实例。这不会让您看到各工作区的内容。',
      footer: '请用两步验证保护您的账户。如果您不清楚为何收到此邮件，请告知您的管理员。',
    },
    removed: {
      subject: () => '您不再是实例管理员',
      text: () => '您不再管理此 Signalbox 实例。您的账户和工作区保持不变。',
      footer: '如果情况有误，请联系其他实例管理员。',
    },
  },
  others: {
    added: {
      subject: (name) => `${name} 现在是实例管理员`,
      text: (name) => `${name} 现在与您一同管理此 Signalbox 实例。`,
      footer: '如果情况有误，请立即登录，撤销此更改，并查看审计记录。',
    },
    removed: {
      subject: (name) => `${name} 不再是实例管理员`,
      text: (name) => `${name} 不再管理此 Signalbox 实例。`,
      footer: '如果情况有误，请登录，查看审计记录，并重新将其设为实例管理员。',
    },
  },
  recovered: {
    own: {
      subject: '您已可以重新登录',
      footer: '如果您对此并不知情，说明服务器已被他人控制：请立即检查服务器和审计记录。',
    },
    others: {
      subject: (name) => `${name} 已可以重新登录`,
      footer: '如果情况有误，请登录，查看审计记录，并确认是谁在使用服务器。',
    },
    preheader: '实例服务器上移除了两步验证方式。',
    text: '此 Signalbox 实例的服务器维护者，使用了为完全无法登录的实例管理员准备的命令：两步验证方式已移除，所有会话已结束，并在服务器上显示了设置新密码的链接。',
    operator: '实例管理员',
  },
  called: (name, email) => `${name}（${email}）`,
  person: '用户',
  by: '操作者',
  time: '时间',
  button: '登录',
};

/** What the mails about who runs the instance say. */
export const operatorWords = inLanguages<OperatorWords>({ en: english, zh: chinese });
