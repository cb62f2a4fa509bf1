import { inLanguages } from '#platform/language/index.js';

/** What the templates of subscriptions to what happens are called. */
export const activityTemplates = {
  team: inLanguages({
    en: {
      title: 'Who comes and goes',
      description: 'People who join or leave the workspace, and changes of their roles.',
    },
    zh: { title: '成员往来', description: '加入或离开工作区的成员，以及角色变化。' },
  }),
  'sources-failing': inLanguages({
    en: { title: 'Sources that stop working', description: 'A mailbox or feed failed, or works again.' },
    zh: { title: '停止工作的来源', description: '某个邮箱或订阅源出现故障，或恢复工作。' },
  }),
  keys: inLanguages({
    en: {
      title: 'Keys and service accounts',
      description: 'API keys and service accounts that somebody makes, changes or removes.',
    },
    zh: { title: '密钥和服务账号', description: '有人创建、更改或移除的 API 密钥和服务账号。' },
  }),
  day: inLanguages({
    en: { title: 'What others did today', description: 'Everything that others did in the workspace, once a day.' },
    zh: { title: '他人今天的操作', description: '他人在工作区中所做的一切，每天一次。' },
  }),
};
