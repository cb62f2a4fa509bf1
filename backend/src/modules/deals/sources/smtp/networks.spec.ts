import { describe, expect, it } from '@jest/globals';
import { isNetwork, Networks } from './networks.js';

describe('addresses and networks', () => {
  it.each([
    ['127.0.0.0/8,::1', '127.0.0.1', true],
    ['127.0.0.0/8,::1', '127.9.9.9', true],
    ['127.0.0.0/8,::1', '::1', true],
    ['127.0.0.0/8,::1', '::ffff:127.0.0.1', true],
    ['127.0.0.0/8,::1', '::2', false],
    ['127.0.0.0/8,::1', '192.0.2.1', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['2001:db8::/32', '2001:db8:1::9', true],
    ['2001:db8::/32', '2001:db9::', false],
    ['192.0.2.7', 'nonsense', false],
    ['', '127.0.0.1', false],
  ])('%j holds %j: %j', (entries, address, held) => {
    expect(new Networks(entries.split(',')).hold(address)).toBe(held);
  });

  it.each(['192.0.2.7', '0.0.0.0/0', '::/0', 'fe80::/10'])('%j is one', (text) => expect(isNetwork(text)).toBe(true));
  it.each([
    '',
    'relay.example',
    '192.0.2.7/33',
    '::/129',
    '192.0.2',
    '192.0.2.7/',
    '/8',
    '1.2.3.4/8/8',
    'fe80::1%eth0',
  ])('%j is none', (text) => expect(isNetwork(text)).toBe(false));
});
