import { inLanguages } from '#platform/language/index.js';

/** What the mail about an endpoint that was stopped says. */
export const endpointWords = inLanguages({
  en: {
    subject: (host: string) => `Webhooks to ${host} were stopped`,
    /** To its owner, after the reason. */
    then: 'Nothing more is sent to it until somebody switches it on again.',
    workspace: 'Workspace',
    address: 'Address',
    description: 'Description',
    none: 'none',
    footerOwner: (host: string) => `You get this because the webhook is yours on ${host}.`,
    footerWorkspace: (host: string) => `You get this because you own the workspace of the webhook on ${host}.`,
  },
  zh: {
    subject: (host) => `发往 ${host} 的 Webhook 已停止`,
    then: '在有人重新启用之前，不会再向该地址发送任何内容。',
    workspace: '工作区',
    address: '地址',
    description: '说明',
    none: '无',
    footerOwner: (host) => `您收到此邮件，是因为您是 ${host} 上该 Webhook 的所有者。`,
    footerWorkspace: (host) => `您收到此邮件，是因为您是 ${host} 上该 Webhook 所属工作区的所有者。`,
  },
});
