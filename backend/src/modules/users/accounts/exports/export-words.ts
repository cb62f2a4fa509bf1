import { inLanguages } from '#platform/language/index.js';

/** What the mails about the export of a person's own data say. */
export const exportWords = inLanguages({
  en: {
    ready: {
      subject: 'Your data is ready',
      preheader: 'The export that you asked for can be downloaded.',
      text: 'The export of your Signalbox data that you asked for can be downloaded until this time:',
      until: 'Until',
      button: 'Download my data',
      note: 'Only you can download it, signed in.',
      footer: 'If it was not you who asked, set a new password at once: somebody else is in your account.',
    },
    failed: {
      subject: 'Your data could not be exported',
      preheader: 'You can ask for another export.',
      text: 'The export of your Signalbox data could not be made. The people who run the instance see why; you can ask for another one.',
      button: 'Ask again',
      footer: 'You get this mail because you asked for the export.',
    },
  },
  zh: {
    ready: {
      subject: '您的数据已准备就绪',
      preheader: '您申请的数据导出可以下载了。',
      text: '您申请的 Signalbox 数据导出可以下载，截止时间如下：',
      until: '截止时间',
      button: '下载我的数据',
      note: '只有您本人登录后才能下载。',
      footer: '如果不是您本人申请的，请立即设置新密码：有他人进入了您的账户。',
    },
    failed: {
      subject: '您的数据导出失败',
      preheader: '您可以重新申请导出。',
      text: '您的 Signalbox 数据未能导出。实例的管理员可以看到原因；您可以重新申请。',
      button: '重新申请',
      footer: '您收到此邮件，是因为您申请了数据导出。',
    },
  },
});
