import { inLanguages } from '#platform/language/index.js';

/** What the templates of subscriptions to deals are called. */
export const dealTemplates = {
  bargains: inLanguages({
    en: {
      title: 'The cheapest tenth',
      description: 'Deals among the cheapest ten percent of what their route ever cost.',
    },
    zh: { title: '最便宜的十分之一', description: '价格处于该航线历史最低百分之十的优惠。' },
  }),
  'premium-cabins': inLanguages({
    en: {
      title: 'Business and first, well below the usual',
      description: 'Premium cabins at least one standard deviation below the mean of their route.',
    },
    zh: { title: '远低于平时的商务舱和头等舱', description: '比该航线平均价格低至少一个标准差的高端舱位。' },
  }),
  soon: inLanguages({
    en: { title: 'To be booked within three days', description: 'Deals whose last day to book is near.' },
    zh: { title: '三天内须预订', description: '预订截止日期临近的优惠。' },
  }),
  morning: inLanguages({
    en: {
      title: 'All deals, every morning',
      description: 'Everything that was found since yesterday, in one message.',
    },
    zh: { title: '每天早晨的全部优惠', description: '自昨天以来发现的所有优惠，汇总为一条消息。' },
  }),
};
