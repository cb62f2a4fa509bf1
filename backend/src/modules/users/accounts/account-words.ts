import { inLanguages } from '#platform/language/index.js';

/** What the mails about a person's own account say. */
export const accountWords = inLanguages({
  en: {
    verification: {
      subject: 'Confirm your address',
      preheader: 'One click and your Signalbox account is ready.',
      text: 'Someone, most likely you, signed up for Signalbox with this address. Confirm that it is yours:',
      button: 'Confirm my address',
      note: (hours: number) => `The link works once, for ${hours} hours.`,
      footer: 'If you did not sign up, ignore this mail: without the click the account stays closed.',
    },
    reset: {
      subject: 'Set a new password',
      preheader: 'The link works for one hour.',
      text: 'Someone, most likely you, asked for a new password for the Signalbox account of this address.',
      button: 'Set a new password',
      note: 'The link works once, for one hour. Setting a password signs you out everywhere.',
      footer: 'If it was not you, ignore this mail: your password stays as it is.',
    },
    again: {
      subject: 'Choose your password',
      preheader: 'One step and your Signalbox account is ready.',
      text: 'Someone, most likely you, signed up for Signalbox with this address again, before it was confirmed. Choose your password; that confirms the address, too:',
      button: 'Choose my password',
      note: 'The link works once, for one hour. Links and passwords of earlier sign-ups do not work any more.',
      footer: 'If you did not sign up, ignore this mail: without the click the account stays closed.',
    },
    changed: {
      subject: 'Your password was changed',
      reset: {
        preheader: 'You were signed out everywhere.',
        text: 'The password of your Signalbox account was just changed, and every session was ended. Sign in with the new one.',
      },
      change: {
        preheader: 'You were signed out everywhere else.',
        text: 'The password of your Signalbox account was just changed, and every session but the one that changed it was ended. Sign in with the new one.',
      },
      button: 'Sign in',
      footer: 'If it was not you, set a new password at once and tell your administrator.',
    },
    known: {
      subject: 'You have an account already',
      preheader: 'Someone signed up with your address.',
      text: 'Someone, most likely you, signed up for Signalbox with this address, which has an account. Nothing was changed.',
      button: 'Sign in',
      note: (url: string) => `Forgot the password? Ask for a new one at ${url}`,
      footer: 'If it was not you, ignore this mail.',
    },
  },
  zh: {
    verification: {
      subject: '确认您的邮箱地址',
      preheader: '只需点击一次，您的 Signalbox 账户即可使用。',
      text: '有人（很可能是您）使用此邮箱地址注册了 Signalbox。请确认此邮箱地址属于您：',
      button: '确认我的邮箱地址',
      note: (hours) => `该链接在 ${hours} 小时内有效，仅可使用一次。`,
      footer: '如果您没有注册，请忽略此邮件：不点击链接，账户就不会启用。',
    },
    reset: {
      subject: '设置新密码',
      preheader: '该链接在一小时内有效。',
      text: '有人（很可能是您）为此邮箱地址的 Signalbox 账户申请设置新密码。',
      button: '设置新密码',
      note: '该链接在一小时内有效，仅可使用一次。设置新密码后，您将在所有设备上退出登录。',
      footer: '如果不是您本人操作，请忽略此邮件：您的密码不会改变。',
    },
    again: {
      subject: '设置您的密码',
      preheader: '只需一步，您的 Signalbox 账户即可使用。',
      text: '有人（很可能是您）在此邮箱地址确认之前，再次用它注册了 Signalbox。请设置您的密码，邮箱地址也会同时得到确认：',
      button: '设置我的密码',
      note: '该链接在一小时内有效，仅可使用一次。此前注册时的链接和密码均已失效。',
      footer: '如果您没有注册，请忽略此邮件：不点击链接，账户就不会启用。',
    },
    changed: {
      subject: '您的密码已更改',
      reset: {
        preheader: '您已在所有设备上退出登录。',
        text: '您的 Signalbox 账户密码刚刚更改，所有会话均已结束。请使用新密码登录。',
      },
      change: {
        preheader: '您已在其他所有设备上退出登录。',
        text: '您的 Signalbox 账户密码刚刚更改，除更改密码的会话外，其他会话均已结束。请使用新密码登录。',
      },
      button: '登录',
      footer: '如果不是您本人操作，请立即设置新密码，并告知您的管理员。',
    },
    known: {
      subject: '您已经有账户了',
      preheader: '有人用您的邮箱地址注册。',
      text: '有人（很可能是您）使用此邮箱地址注册 Signalbox，但该地址已有账户。一切保持不变。',
      button: '登录',
      note: (url) => `忘记密码？请在此申请新密码：${url}`,
      footer: '如果不是您本人操作，请忽略此邮件。',
    },
  },
});
