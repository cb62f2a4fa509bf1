import type { LogEvent } from '#platform/event-log/index.js';
import type { Notification, Recipient } from '#platform/notifications/index.js';
import { isChinese } from '../messages/words.js';

interface Words {
  subject(channel: string): string;
  heading: string;
  kept: string;
  channels: Record<string, string>;
}

const english: Words = {
  subject: (channel) => `A notification could not be delivered ${channel}`,
  heading: 'Not delivered',
  kept: 'It is in your inbox, and will not be tried again by itself. This is what the other side said:',
  channels: {
    mail: 'by mail',
    push: 'to your browser',
    slack: 'to Slack',
    discord: 'to Discord',
    webhook: 'to a webhook',
  },
};
const chinese: Words = {
  subject: (channel) => `有一条通知未能${channel}`,
  heading: '未能送达',
  kept: '它仍在您的收件箱中，不会自动重试。对方的答复：',
  channels: {
    mail: '通过邮件送达',
    push: '推送到浏览器',
    slack: '发送到 Slack',
    discord: '发送到 Discord',
    webhook: '发送到 Webhook',
  },
};

/** Tells of a notification that did not arrive. */
export function tellFailure({ data }: LogEvent<'delivery.failed'>, { locale }: Recipient): Notification {
  const words = isChinese(locale) ? chinese : english;
  return {
    subject: words.subject(words.channels[data.channel] ?? data.channel),
    heading: words.heading,
    preheader: data.reason,
    blocks: [
      { type: 'text', text: words.kept },
      { type: 'text', tone: 'strong', text: data.reason },
    ],
  };
}
