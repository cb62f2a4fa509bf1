import { inLanguages } from '#platform/language/index.js';

/** What the mail with a signed head of the log says. */
export const headWords = inLanguages({
  en: {
    subject: (position: string) => `Signed head of the log at position ${position}`,
    heading: 'Keep this mail',
    text: (at: string, command: string) =>
      `It proves later that the log of this instance began like this on ${at}. Save the lines below as a file and give it to ${command}.`,
    footer: 'The settings of the instance name you as the receiver of its heads.',
  },
  zh: {
    subject: (position) => `日志在位置 ${position} 的签名头`,
    heading: '请保留此邮件',
    text: (at, command) =>
      `它可以在日后证明此实例的日志在 ${at} 时的开头内容。请将以下各行存为文件，并交给 ${command} 校验。`,
    footer: '实例的设置将您指定为日志头的接收人。',
  },
});
