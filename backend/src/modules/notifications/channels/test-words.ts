import { inLanguages } from '#platform/language/index.js';

/** What a test of a channel says. */
export const testWords = inLanguages({
  en: {
    subject: 'A test from Signalbox',
    preheader: 'This channel works.',
    text: 'This channel works. Notifications will look like this.',
    reason: 'a test',
  },
  zh: {
    subject: '来自 Signalbox 的测试',
    preheader: '该渠道工作正常。',
    text: '该渠道工作正常。通知将以这种样式显示。',
    reason: '一次测试',
  },
});
