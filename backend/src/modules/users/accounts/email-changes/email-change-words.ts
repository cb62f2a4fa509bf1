import { inLanguages } from '#platform/language/index.js';

/** What the mails about a change of address say. */
export const emailChangeWords = inLanguages({
  en: {
    confirm: {
      subject: 'Confirm your new address',
      preheader: 'One click and your Signalbox account moves here.',
      text: 'Someone, most likely you, wants to use this address for their Signalbox account. Confirm that it is yours:',
      button: 'Use this address',
      note: (hours: number) => `The link works once, for ${hours} hours.`,
      footer: 'If it was not you, ignore this mail: without the click nothing changes.',
    },
    claimed: {
      subject: 'Someone wanted to use your address',
      preheader: 'Your account stays as it is.',
      text:
        'Someone, perhaps you, asked to move another Signalbox account to this address. Your account has it already, so ' +
        'nothing was changed.',
      then: 'If it was you, sign in to the account of this address, or delete that one before you move the other.',
    },
    asked: {
      subject: 'Your address is about to change',
      preheader: 'It takes effect when the new address is confirmed.',
      text: 'Someone who is signed in to your Signalbox account asked to change its address.',
      then: 'It takes effect when the new address is confirmed. If it was you, there is nothing to do.',
      button: 'Stop this change',
    },
    changed: {
      subject: 'Your address was changed',
      preheader: 'Your account signs in with the new address from now on.',
      text: 'Your Signalbox account has a new address, with which you sign in from now on.',
      then: 'If it was you, there is nothing to do.',
      button: 'Undo this change',
    },
    newAddress: 'New address',
    notYou: 'If it was not you, somebody else is in your account. This keeps your address:',
    undoing: (days: number) =>
      `The link works once, for ${days} days. When the change has taken effect, it also ends every session, makes the ` +
      'password useless, removes the passkeys, linked accounts and API keys that were added lately, and mails you a link ' +
      'to set a new password.',
    safety: 'You get this mail because it concerns the safety of your account.',
  },
  zh: {
    confirm: {
      subject: '确认您的新邮箱地址',
      preheader: '只需点击一次，您的 Signalbox 账户就会迁移到此地址。',
      text: '有人（很可能是您）希望将此邮箱地址用于其 Signalbox 账户。请确认此地址属于您：',
      button: '使用此邮箱地址',
      note: (hours) => `该链接在 ${hours} 小时内有效，仅可使用一次。`,
      footer: '如果不是您本人操作，请忽略此邮件：不点击链接，一切保持不变。',
    },
    claimed: {
      subject: '有人想使用您的邮箱地址',
      preheader: '您的账户保持不变。',
      text: '有人（也许是您）申请将另一个 Signalbox 账户迁移到此邮箱地址。由于您的账户已在使用该地址，一切保持不变。',
      then: '如果是您本人，请登录此地址的账户，或先删除它，再迁移另一个账户。',
    },
    asked: {
      subject: '您的邮箱地址即将更改',
      preheader: '新地址确认后即生效。',
      text: '有人在登录您的 Signalbox 账户后申请更改其邮箱地址。',
      then: '新地址确认后，更改即生效。如果是您本人，则无需处理。',
      button: '停止此次更改',
    },
    changed: {
      subject: '您的邮箱地址已更改',
      preheader: '从现在起，请使用新地址登录您的账户。',
      text: '您的 Signalbox 账户已更换邮箱地址，从现在起请使用新地址登录。',
      then: '如果是您本人，则无需处理。',
      button: '撤销此次更改',
    },
    newAddress: '新地址',
    notYou: '如果不是您本人操作，说明有他人进入了您的账户。点击下方按钮可保留您的地址：',
    undoing: (days) =>
      `该链接在 ${days} 天内有效，仅可使用一次。如果更改已经生效，它还会结束所有会话、使密码失效、移除近期添加的通行密钥、关联账户和 API 密钥，并向您发送设置新密码的链接。`,
    safety: '您收到此邮件，是因为它关系到您账户的安全。',
  },
});
