import { describe, expect, it } from '@jest/globals';
import { countedFor, type Guess } from './guess.js';

describe('what an attempt is counted for', () => {
  const guess = (more: Partial<Guess> = {}): Guess => ({
    kind: 'password',
    emailKey: 'ada@example.com',
    visitor: { address: '192.0.2.1' },
    ...more,
  });
  const keys = (g: Guess, browser: string | null = null) =>
    countedFor(g, browser).map(({ kind, subject }) => `${kind} ${subject.toString('hex')}`);

  it('is the account and the network, for a stranger', () => {
    expect(countedFor(guess(), null).map((row) => row.kind)).toEqual(['account', 'network']);
    expect(keys(guess())[0]).toBe(keys(guess({ visitor: { address: '192.0.2.2' } }))[0]);
    expect(keys(guess())[1]).toBe(keys(guess({ emailKey: 'bob@example.com' }))[1]);
    expect(keys(guess())[0]).not.toBe(keys(guess({ emailKey: 'bob@example.com' }))[0]);
  });

  it('takes an IPv6 network of 64 bits for one', () => {
    const from = (address: string) => keys(guess({ visitor: { address } }))[1];
    expect(from('2001:db8:1:2:aaaa::1')).toBe(from('2001:db8:1:2:bbbb::9'));
    expect(from('2001:db8:1:2::1')).not.toBe(from('2001:db8:1:3::1'));
    expect(from('::ffff:192.0.2.1')).toBe(from('192.0.2.1'));
  });

  it('is a familiar browser alone, which strangers cannot hold up', () => {
    expect(countedFor(guess(), 'a browser').map((row) => row.kind)).toEqual(['browser']);
  });

  it('is the account for a second factor, from whatever browser', () => {
    const second = guess({ kind: 'second_factor' });
    expect(keys(second, 'a browser')).toEqual(keys(second));
    expect(countedFor(second, null).map((row) => row.kind)).toEqual(['second_factor', 'network']);
    expect(keys(second)[0]?.split(' ')[1]).not.toBe(keys(guess())[0]?.split(' ')[1]);
  });

  it('is the session that confirms something', () => {
    const confirming = (sessionId: string) => guess({ kind: 'confirmation', sessionId });
    expect(countedFor(confirming('one'), null).map((row) => row.kind)).toEqual(['session']);
    expect(keys(confirming('one'))).not.toEqual(keys(confirming('two')));
  });

  it('holds no address in the clear', () => {
    for (const { subject } of countedFor(guess(), null)) expect(subject).toHaveLength(32);
  });
});
