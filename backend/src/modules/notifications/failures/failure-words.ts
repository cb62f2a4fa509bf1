import { inLanguages } from '#platform/language/index.js';

interface FailureWords {
  /** By channel. */
  subjects: Record<string, string>;
  /** Of a channel that is not named above. */
  subject(channel: string): string;
  heading: string;
  kept: string;
  /** Of mail. */
  mail: string;
}

/** What is said of a notification that did not arrive. */
export const failureWords = inLanguages<FailureWords>({
  en: {
    subjects: {
      mail: 'A notification could not be delivered by mail',
      push: 'A notification could not be delivered to your browser',
      slack: 'A notification could not be delivered to Slack',
      discord: 'A notification could not be delivered to Discord',
      webhook: 'A notification could not be delivered to a webhook',
    },
    subject: (channel) => `A notification could not be delivered (${channel})`,
    heading: 'Not delivered',
    kept: 'It is in your inbox, and will not be tried again by itself. This is what the other side said:',
    mail: 'While mail to your address is held back, you can let it go again in your notification settings.',
  },
  zh: {
    subjects: {
      mail: '有一条通知未能通过邮件送达',
      push: '有一条通知未能推送到浏览器',
      slack: '有一条通知未能发送到 Slack',
      discord: '有一条通知未能发送到 Discord',
      webhook: '有一条通知未能发送到 Webhook',
    },
    subject: (channel) => `有一条通知未能送达（${channel}）`,
    heading: '未能送达',
    kept: '它仍在您的收件箱中，不会自动重试。对方的答复：',
    mail: '如果发往您邮箱地址的邮件已停止，您可以在通知设置中恢复。',
  },
});
