import { inLanguages } from '#platform/language/index.js';

/** What stands beside the sentence on an event whose room has no words of its own for it. */
export const genericWords = inLanguages({
  en: {
    sentence: (about: string, name: string) => `${about}: ${name}`,
    who: 'Who',
    what: 'What',
    when: 'When',
    somebody: 'Somebody',
    instance: 'Signalbox',
    key: 'A service account',
  },
  zh: {
    sentence: (about, name) => `${about}：${name}`,
    who: '操作者',
    what: '对象',
    when: '时间',
    somebody: '某人',
    instance: 'Signalbox',
    key: '服务账号',
  },
});
