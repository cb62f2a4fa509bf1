import { inLanguages } from '#platform/language/index.js';

interface Said {
  subject: string;
  text: string;
}

/** Of what happened to something with a name of its own. */
interface NamedWords {
  subject(name: string): string;
  text(name: string): string;
}

interface FactorWords {
  preheader: string;
  button: string;
  footer: string;
  totp_enabled: Said;
  totp_disabled: Said;
  recovery_codes_replaced: { subject: string; text(codes: number): string };
  recovery_code_used: { subject: string; none: string; one: string; several(left: number): string };
  passkey_added: NamedWords;
  passkey_removed: NamedWords;
  passkey_suspended: NamedWords;
  identity_linked: NamedWords;
  identity_unlinked: NamedWords;
  reset: {
    subject: string;
    preheader: string;
    /** @param what a list of the following */
    text(what: string): string;
    totp: string;
    onePasskey: string;
    passkeys(count: number): string;
    recoveryCodes: string;
    then: string;
    button: string;
    note(url: string): string;
    footer: string;
  };
}

/** What the mails about the ways to sign in say. */
export const factorWords = inLanguages<FactorWords>({
  en: {
    preheader: 'A way to sign in to your account changed.',
    button: 'Look at your account',
    footer: 'If it was not you, set a new password at once, look at your sessions, and tell your administrator.',
    totp_enabled: {
      subject: 'Your authenticator app is set up',
      text: 'Signing in to your Signalbox account now asks for a code of your authenticator app, beside the password.',
    },
    totp_disabled: {
      subject: 'Your authenticator app was turned off',
      text: 'Signing in to your Signalbox account no longer asks for a code of an authenticator app.',
    },
    recovery_codes_replaced: {
      subject: 'You have new recovery codes',
      text: (codes) => `Your Signalbox account has ${codes} new recovery codes. Earlier ones do not work any more.`,
    },
    recovery_code_used: {
      subject: 'A recovery code was used',
      none: 'A recovery code of your Signalbox account was used. It was the last one: make new ones now.',
      one: 'A recovery code of your Signalbox account was used. One is left.',
      several: (left) => `A recovery code of your Signalbox account was used. ${left} are left.`,
    },
    passkey_added: {
      subject: () => 'A passkey was added',
      text: (name) => `The passkey "${name}" was added to your Signalbox account. It can sign in without the password.`,
    },
    passkey_removed: {
      subject: () => 'A passkey was removed',
      text: (name) => `The passkey "${name}" of your Signalbox account was removed and does not sign in any more.`,
    },
    passkey_suspended: {
      subject: () => 'A passkey was suspended',
      text: (name) =>
        `The passkey "${name}" of your Signalbox account reported fewer uses than before: a copy of it may exist. ` +
        'It was refused and does not sign in any more. Remove it and add a new one.',
    },
    identity_linked: {
      subject: (name) => `${name} can sign you in`,
      text: (name) => `An account at ${name} was linked with your Signalbox account and can sign in to it.`,
    },
    identity_unlinked: {
      subject: (name) => `${name} was unlinked`,
      text: (name) => `An account at ${name} was unlinked from your Signalbox account and does not sign in any more.`,
    },
    reset: {
      subject: 'Your second factors were removed',
      preheader: 'Sign in with your password, and set up a new one.',
      text: (what) =>
        'An operator of Signalbox removed the second factors of your account, as is done for people who lost them: ' +
        `${what}. You were signed out everywhere. Your password stays as it is, and signs in alone for now.`,
      totp: 'the authenticator app',
      onePasskey: 'the passkey',
      passkeys: (count) => `${count} passkeys`,
      recoveryCodes: 'the recovery codes',
      then: 'Sign in and set up a new second factor. Until then, workspaces that ask for one stay closed to you.',
      button: 'Sign in',
      note: (url) => `Have no password, or forgot it? Set one at ${url}`,
      footer:
        'If you did not ask for this, set a new password at once and tell your administrator: somebody may have pretended to be you.',
    },
  },
  zh: {
    preheader: '您账户的一种登录方式有变化。',
    button: '查看您的账户',
    footer: '如果不是您本人操作，请立即设置新密码、检查您的会话，并告知您的管理员。',
    totp_enabled: {
      subject: '您的身份验证器应用已启用',
      text: '登录您的 Signalbox 账户时，除密码外，现在还需要身份验证器应用中的验证码。',
    },
    totp_disabled: {
      subject: '您的身份验证器应用已停用',
      text: '登录您的 Signalbox 账户时，不再需要身份验证器应用中的验证码。',
    },
    recovery_codes_replaced: {
      subject: '您有新的恢复码',
      text: (codes) => `您的 Signalbox 账户有 ${codes} 个新的恢复码，旧的恢复码已失效。`,
    },
    recovery_code_used: {
      subject: '一个恢复码已被使用',
      none: '您的 Signalbox 账户的一个恢复码已被使用。这是最后一个，请立即生成新的恢复码。',
      one: '您的 Signalbox 账户的一个恢复码已被使用，还剩一个。',
      several: (left) => `您的 Signalbox 账户的一个恢复码已被使用，还剩 ${left} 个。`,
    },
    passkey_added: {
      subject: () => '已添加一个通行密钥',
      text: (name) => `通行密钥“${name}”已添加到您的 Signalbox 账户，无需密码即可用它登录。`,
    },
    passkey_removed: {
      subject: () => '已移除一个通行密钥',
      text: (name) => `您的 Signalbox 账户的通行密钥“${name}”已移除，不能再用于登录。`,
    },
    passkey_suspended: {
      subject: () => '一个通行密钥已停用',
      text: (name) =>
        `您的 Signalbox 账户的通行密钥“${name}”报告的使用次数少于以往，可能存在副本。此次登录已被拒绝，该通行密钥不能再用于登录。请将其移除并添加新的通行密钥。`,
    },
    identity_linked: {
      subject: (name) => `可以使用 ${name} 登录了`,
      text: (name) => `一个 ${name} 账户已与您的 Signalbox 账户关联，可用于登录。`,
    },
    identity_unlinked: {
      subject: (name) => `已取消关联 ${name}`,
      text: (name) => `一个 ${name} 账户已与您的 Signalbox 账户取消关联，不能再用于登录。`,
    },
    reset: {
      subject: '您的两步验证方式已被移除',
      preheader: '请用密码登录，并设置新的验证方式。',
      text: (what) =>
        `Signalbox 的管理员移除了您账户的两步验证方式（在用户丢失验证方式时会这样处理）：${what}。您已在所有设备上退出登录。您的密码保持不变，目前仅凭密码即可登录。`,
      totp: '身份验证器应用',
      onePasskey: '通行密钥',
      passkeys: (count) => `${count} 个通行密钥`,
      recoveryCodes: '恢复码',
      then: '请登录并设置新的两步验证方式。在此之前，要求两步验证的工作区对您关闭。',
      button: '登录',
      note: (url) => `没有密码或忘记密码？请在此设置：${url}`,
      footer: '如果这不是您提出的要求，请立即设置新密码并告知您的管理员：可能有人冒充了您。',
    },
  },
});
