import { inLanguages } from '#platform/language/index.js';

/** What the pages say that mails link to. */
export const unsubscriptionWords = inLanguages({
  en: {
    ask: {
      title: 'Stop these alerts?',
      text: 'You can resume them any time in your subscriptions.',
      button: 'Stop these alerts',
    },
    done: {
      title: 'Done',
      named: (name: string) => `Your subscription “${name}” sends you no more mail.`,
      gone: 'This subscription sends you no more mail.',
    },
    lost: {
      title: 'This link does not work',
      text: 'It is incomplete, or was not made here. Open it again from the mail, or sign in and remove the subscription.',
    },
    failed: {
      title: 'That did not work',
      text: 'Nothing was changed. Please try again in a few minutes.',
    },
    home: 'Open Signalbox',
  },
  zh: {
    ask: {
      title: '停止接收这些提醒？',
      text: '您可以随时在订阅中恢复。',
      button: '停止接收',
    },
    done: {
      title: '已完成',
      named: (name) => `您的订阅“${name}”不会再向您发送邮件。`,
      gone: '该订阅不会再向您发送邮件。',
    },
    lost: {
      title: '该链接无效',
      text: '链接不完整，或并非由此处生成。请从邮件中重新打开，或登录后移除该订阅。',
    },
    failed: {
      title: '操作未成功',
      text: '没有任何更改。请几分钟后再试。',
    },
    home: '打开 Signalbox',
  },
});
