import { inLanguages } from '#platform/language/index.js';

/** What the mail about a new device says. */
export const deviceWords = inLanguages({
  en: {
    subject: (device: string) => `New sign-in: ${device}`,
    preheader: 'Your account was signed in to from a device that we did not know.',
    heading: 'A new device signed in',
    text: 'Your Signalbox account was signed in to from a device that we have not seen you on before.',
    device: 'Device',
    address: 'Address',
    time: 'Time',
    unknown: 'unknown',
    then: 'If it was you, there is nothing to do. If not, end that session and set a new password:',
    button: 'Look at my sessions',
    note: (url: string) => `Set a new password: ${url}`,
    footer: 'You get this mail because it concerns the safety of your account.',
  },
  zh: {
    subject: (device) => `新的登录：${device}`,
    preheader: '有一台陌生设备登录了您的账户。',
    heading: '一台新设备已登录',
    text: '您的 Signalbox 账户在一台您从未用过的设备上登录。',
    device: '设备',
    address: '网络地址',
    time: '时间',
    unknown: '未知',
    then: '如果是您本人，则无需处理。如果不是，请结束该会话并设置新密码：',
    button: '查看我的会话',
    note: (url) => `设置新密码：${url}`,
    footer: '您收到此邮件，是因为它关系到您账户的安全。',
  },
});
