import { inLanguages } from '#platform/language/index.js';

interface IdeaWords {
  /** What somebody does things to, by the subject of its events; what is not here is called as there. */
  subjects: Record<string, string>;
  hear(count: number, thing: string): string;
  name(thing: string): string;
  gather(name: string, count: number): string;
}

const english: Record<string, string> = {
  address: 'mail address',
  api_key: 'API key',
  channel: 'channel',
  deal: 'deal',
  delivery: 'delivery',
  device: 'device',
  event: 'event',
  identity: 'linked identity',
  incoming_webhook: 'incoming webhook',
  instance: 'instance',
  invitation: 'invitation',
  job: 'job',
  mail: 'mail',
  message: 'message',
  network: 'network',
  passkey: 'passkey',
  personal_export: 'data export',
  role: 'role',
  service_account: 'service account',
  session: 'session',
  source: 'source',
  subscription: 'subscription',
  user: 'account',
  webhook_delivery: 'webhook delivery',
  webhook_endpoint: 'webhook',
  webhook_inbox: 'debugging inbox',
  webhook_replay: 'webhook replay',
  workspace: 'workspace',
};

const chinese: Record<string, string> = {
  address: '邮箱地址',
  api_key: 'API 密钥',
  channel: '通知渠道',
  deal: '优惠',
  delivery: '投递',
  device: '设备',
  event: '事件',
  identity: '关联身份',
  incoming_webhook: '接收 Webhook 的地址',
  instance: '实例',
  invitation: '邀请',
  job: '任务',
  mail: '邮件',
  message: '邮件',
  network: '网络',
  passkey: '通行密钥',
  personal_export: '数据导出',
  role: '角色',
  service_account: '服务账号',
  session: '会话',
  source: '来源',
  subscription: '订阅',
  user: '账户',
  webhook_delivery: 'Webhook 投递',
  webhook_endpoint: 'Webhook',
  webhook_inbox: '调试收件箱',
  webhook_replay: 'Webhook 重发',
  workspace: '工作区',
};

/** What is said of subscriptions that may suit somebody. */
export const ideaWords = inLanguages<IdeaWords>({
  en: {
    subjects: english,
    hear: (count, thing) =>
      `You did ${count} things to ${/^[aeiou]/i.test(thing) ? 'an' : 'a'} ${thing} in the last 90 days: hear what others do.`,
    name: (thing) => `What others do: ${thing}`,
    gather: (name, count) =>
      `“${name}” told you ${count} times in the last 30 days: have it in one message every morning.`,
  },
  zh: {
    subjects: chinese,
    hear: (count, thing) => `您在过去 90 天内对“${thing}”操作了 ${count} 次：了解他人对它的操作。`,
    name: (thing) => `他人的操作：${thing}`,
    gather: (name, count) => `“${name}”在过去 30 天内通知了您 ${count} 次：改为每天早晨汇总为一条消息。`,
  },
});
