import { inLanguages } from '#platform/language/index.js';

interface Words {
  /** Of events that came together: the newest's subject, and how many more. */
  burst(subject: string, more: number): string;
  /** Of events that were gathered: what asked for them, and how many. */
  digest(name: string, total: number): string;
  digestHeading(total: number): string;
  /** Below the events that are shown. */
  more(count: number): string;
  moreLikeThis(count: number): string;
  open: string;
  /** Below a message in a chat: what asked for it. */
  because(name: string): string;
  /** The button that ends what asked for it. */
  stop: string;
  /** `filter` is shown after it, its true terms marked. */
  why(name: string): string;
  whyAll(name: string): string;
  /** The last line of a mail that says above why it was sent. */
  footerSent(host: string): string;
  /** The last line of a mail that a source asked for, and that does not say why. */
  footer(name: string, host: string): string;
  /** The last line of a mail that nothing in particular asked for. */
  footerOwn(host: string): string;
  /** Where the product itself tells. */
  product: string;
  test(name: string): string;
  /** Of a channel whose other side says that it is no more. */
  channelOff: ChannelOffWords;
}

interface ChannelOffWords {
  subject(name: string): string;
  heading: string;
  /** What the other side said is shown after it. */
  text(kind: string, name: string): string;
  then: string;
  /** The last line, for who made the channel and for an owner of its workspace. */
  footerMaker(host: string): string;
  footerOwner(host: string): string;
}

const english: Words = {
  burst: (subject, more) => `${subject} and ${more} more like this`,
  digest: (name, total) => `${name}: ${total} ${total === 1 ? 'event' : 'events'}`,
  digestHeading: (total) => `${total} ${total === 1 ? 'thing' : 'things'} happened`,
  more: (count) => `And ${count} more.`,
  moreLikeThis: (count) => `${count} more like this`,
  open: 'Open in Signalbox',
  because: (name) => `You get this because of “${name}”.`,
  stop: 'Stop these',
  why: (name) => `Why did I get this? Your subscription “${name}” matched. What is marked was true:`,
  whyAll: (name) => `Why did I get this? Your subscription “${name}” asks for everything.`,
  footerSent: (host) => `Sent by Signalbox on ${host}.`,
  footer: (name, host) => `You get this because your subscription “${name}” on ${host} matched.`,
  footerOwn: (host) => `You get this because you belong to a workspace on ${host}.`,
  product: 'Signalbox',
  test: (subject) => `Test: ${subject}`,
  channelOff: {
    subject: (name) => `Your channel “${name}” was switched off`,
    heading: 'A channel was switched off',
    text: (kind, name) => `Notifications no longer go to the ${kind} channel “${name}”:`,
    then: 'They stay in the inbox. Give the channel a new address to switch it on again.',
    footerMaker: (host) => `You get this mail because you made the channel on ${host}.`,
    footerOwner: (host) =>
      `You get this mail because you own the channel’s workspace on ${host}, and who made the channel has left.`,
  },
};

const chinese: Words = {
  burst: (subject, more) => `${subject}，另有 ${more} 条类似消息`,
  digest: (name, total) => `${name}：${total} 条动态`,
  digestHeading: (total) => `共有 ${total} 条动态`,
  more: (count) => `另有 ${count} 条。`,
  moreLikeThis: (count) => `另有 ${count} 条类似消息`,
  open: '在 Signalbox 中打开',
  because: (name) => `您收到此消息，是因为“${name}”。`,
  stop: '不再接收',
  why: (name) => `为什么会收到这条消息？您的订阅“${name}”匹配成功，标出的条件成立：`,
  whyAll: (name) => `为什么会收到这条消息？您的订阅“${name}”接收所有动态。`,
  footerSent: (host) => `由 ${host} 上的 Signalbox 发送。`,
  footer: (name, host) => `您收到此消息，是因为您在 ${host} 上的订阅“${name}”匹配成功。`,
  footerOwn: (host) => `您收到此消息，是因为您是 ${host} 上某个工作区的成员。`,
  product: 'Signalbox',
  test: (subject) => `测试：${subject}`,
  channelOff: {
    subject: (name) => `您的渠道“${name}”已停用`,
    heading: '一个渠道已停用',
    text: (kind, name) => `通知不再发送到 ${kind} 渠道“${name}”：`,
    then: '通知仍会保留在收件箱中。为该渠道填写新的地址即可重新启用。',
    footerMaker: (host) => `您收到此邮件，是因为该渠道是您在 ${host} 上创建的。`,
    footerOwner: (host) => `您收到此邮件，是因为您是 ${host} 上该渠道所属工作区的所有者，而创建该渠道的人已离开。`,
  },
};

/** Everything that the room itself says in notifications; what events say is for the rooms that register kinds. */
export const wordsFor = inLanguages<Words>({ en: english, zh: chinese });
