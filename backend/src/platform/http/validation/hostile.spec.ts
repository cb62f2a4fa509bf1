import { describe, expect, it } from '@jest/globals';
import { ValidationFailed } from '#platform/errors/index.js';
import { refuseHostile } from './hostile.js';

/** The faults of a JSON text, as path and message. */
function faults(json: string): [path: string, message: string][] {
  try {
    refuseHostile(JSON.parse(json), '/body');
    return [];
  } catch (error) {
    if (!(error instanceof ValidationFailed)) throw error;
    return (error.extra.errors ?? []).map(({ path, message }) => [path, message]);
  }
}

describe('a hostile value', () => {
  it('holds more values than any request needs', () => {
    expect(faults(`[${'0,'.repeat(49_998)}0]`)).toEqual([]);
    const refusal = [['/body', 'holds more than 50000 values']];
    expect(faults(`[${'0,'.repeat(49_999)}0]`)).toEqual(refusal);
    expect(faults(`{"a":[${'[[]],'.repeat(30_000)}0]}`)).toEqual(refusal);
    expect(faults(`{${Array.from({ length: 50_000 }, (_, i) => `"${i}":0`).join()}}`)).toEqual(refusal);
    expect(() => refuseHostile(Array(500_000).fill('x'), '/body')).toThrow('body holds more than 50000 values.');
  });

  it('is named where it stands, in the order of the text', () => {
    const named = faults('{"a":["x","\\u0000",{"constructor":1,"b/c~":["\\ud800"]}],"\\u0000":1}').map(
      ([path]) => path,
    );
    expect(named).toEqual(['/body/a/1', '/body/a/2/constructor', '/body/a/2/b~1c~0/0', '/body/\\u0000']);
    expect(faults('"\\u0000"')).toEqual([['/body', expect.stringContaining('null character')]]);
  });

  it('is not described without end', () => {
    expect(faults(`[${'"\\u0000",'.repeat(1000)}0]`)).toHaveLength(20);
    const long = `{"${'k'.repeat(1000)}":`;
    for (const [path] of faults(`${long.repeat(30)}"\\u0000"${'}'.repeat(30)}`)) expect(path.length).toBeLessThan(500);
  });

  it('is nested deeper than any schema', () => {
    expect(faults(`${'['.repeat(65)}0${']'.repeat(65)}`)).toEqual([
      [expect.stringMatching(/^\/body\/0\/0/), 'is nested deeper than 64 levels'],
    ]);
    expect(faults(`${'['.repeat(64)}0${']'.repeat(64)}`)).toEqual([]);
    expect(faults(`${'{"a":'.repeat(20_000)}0${'}'.repeat(20_000)}`)).toHaveLength(1);
  });
});
