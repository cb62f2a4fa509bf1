import { inLanguages } from '#platform/language/index.js';
import type { GuessKind } from './guess.js';

interface LockWords {
  subject: string;
  preheader: string;
  heading: string;
  happened: Record<GuessKind, string>;
  advice: Record<GuessKind, string>;
  newPassword(url: string): string;
  button: string;
  note(hours: number): string;
  footer: string;
  /** Of the link that was asked for. */
  unlock: { subject: string; preheader: string; text: string; footer: string };
}

/** What the mails about attempts that must wait say. */
export const lockWords = inLanguages<LockWords>({
  en: {
    subject: 'Wrong attempts to sign in to your account',
    preheader: 'Further attempts must wait.',
    heading: 'Wrong attempts to sign in',
    happened: {
      password:
        'Somebody typed wrong passwords for your Signalbox account again and again. Further attempts must wait now.',
      second_factor:
        'Somebody who knows the password of your Signalbox account typed wrong codes for the second step again and again. ' +
        'Further attempts must wait now.',
      confirmation:
        'In one of your sessions of Signalbox somebody typed wrong passwords again and again to confirm something. Further ' +
        'attempts must wait now.',
    },
    advice: {
      password: 'If it was not you: they did not get in, and your password stays as it is.',
      second_factor: 'If it was not you, set a new password at once: somebody knows the present one.',
      confirmation: 'If it was not you, end your other sessions and set a new password: somebody uses one of them.',
    },
    newPassword: (url) => `Set a new password: ${url}`,
    button: 'Let me sign in',
    note: (hours) =>
      `The link works once, for ${hours} hours. The browser that you open it in is known from then on: attempts of others do ` +
      'not hold it up.',
    footer: 'You get this mail because it concerns the safety of your account.',
    unlock: {
      subject: 'Sign in again at once',
      preheader: 'The link works once.',
      text: 'Someone, most likely you, could not sign in to Signalbox because of wrong attempts at this account.',
      footer: 'If it was not you, ignore this mail: nothing changes.',
    },
  },
  zh: {
    subject: '有人多次尝试登录您的账户失败',
    preheader: '后续尝试需要等待。',
    heading: '多次登录失败',
    happened: {
      password: '有人反复为您的 Signalbox 账户输入错误密码。后续尝试现在需要等待。',
      second_factor: '有人知道您的 Signalbox 账户密码，并在第二步反复输入错误的验证码。后续尝试现在需要等待。',
      confirmation: '在您的一个 Signalbox 会话中，有人在确认操作时反复输入错误密码。后续尝试现在需要等待。',
    },
    advice: {
      password: '如果不是您本人操作：对方没有登录成功，您的密码保持不变。',
      second_factor: '如果不是您本人操作，请立即设置新密码：有人知道您目前的密码。',
      confirmation: '如果不是您本人操作，请结束其他会话并设置新密码：有人正在使用其中一个会话。',
    },
    newPassword: (url) => `设置新密码：${url}`,
    button: '让我登录',
    note: (hours) =>
      `该链接在 ${hours} 小时内有效，仅可使用一次。您打开链接所用的浏览器此后会被记住，不再受他人的错误尝试影响。`,
    footer: '您收到此邮件，是因为它关系到您账户的安全。',
    unlock: {
      subject: '立即重新登录',
      preheader: '该链接仅可使用一次。',
      text: '有人（很可能是您）因为此账户的错误尝试而无法登录 Signalbox。',
      footer: '如果不是您本人操作，请忽略此邮件：一切保持不变。',
    },
  },
});
