import { describe, expect, it } from '@jest/globals';
import { runInNewContext } from 'node:vm';
import { ValidationFailed } from '#platform/errors/index.js';
import { parseForm } from './body-parsers.js';

describe('a form', () => {
  it('gives one text a name, and all of a repeated one in order', () => {
    expect(parseForm(Buffer.from('a=1&b=2&a=3&a=%C3%BC'))).toEqual({ a: ['1', '3', 'ü'], b: '2' });
  });

  it('has at most a thousand fields', () => {
    expect(parseForm(Buffer.from('a&'.repeat(999)))['a']).toHaveLength(999);
    expect(() => parseForm(Buffer.from('a&'.repeat(1000)))).toThrow(ValidationFailed);
  });

  it('of one name half a million times is refused at once', () => {
    const read = (): void => void parseForm(Buffer.from('a&'.repeat(500_000)));
    // Stopped after five seconds: anybody may send this, and it once took many minutes.
    expect(() => runInNewContext('read()', { read }, { timeout: 5000 }) as void).toThrow(ValidationFailed);
  });
});
