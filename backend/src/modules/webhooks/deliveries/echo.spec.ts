import { expect, it } from '@jest/globals';
import { Echo } from './echo.js';

it.each([
  ['the whole value', 'got Bearer abc"defgh1!', 'got •••'],
  ['its part after the scheme', 'got abc"defgh1', 'got •••'],
  ['it within JSON', String.raw`{"got":"Bearer abc\"defgh1"}`, '{"got":"•••"}'],
  ['it cut in two by the end', 'got Bearer abc"def', 'got •••'],
  ['its part cut in two', 'got abc"defgh', 'got •••'],
  ['nothing of a short one', 'got short', 'got short'],
])('masks %s', (_, text, wanted) => {
  const hidden = new Echo(['Bearer abc"defgh1', 'short']).hide(text);
  expect(hidden.replace('!', '')).toBe(wanted);
});
