import { describe, expect, it } from '@jest/globals';
import { AllowedAddresses, normalAddress } from './allowed-addresses.js';

describe('an address of a list', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    [' 192.0.2.7/32 ', '192.0.2.7'],
    ['192.0.2.77/24', '192.0.2.0/24'],
    ['10.255.255.255/9', '10.128.0.0/9'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8::ffff/32', '2001:db8::/32'],
    ['2001:db8:8000::1/33', '2001:db8:8000::/33'],
    ['::1/128', '::1'],
    ['::/0', '::/0'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['::ffff:192.0.2.77/120', '192.0.2.0/24'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
  ])('is written in one way: %s', (text, normal) => {
    expect(normalAddress(text)).toBe(normal);
    expect(normalAddress(normal)).toBe(normal);
  });

  it.each([
    ...['', ' ', '/', '/24', '192.0.2', '192.0.2.256', '192.0.2.7/33', '192.0.2.7/-1', '192.0.2.7/1.5', '192.0.2.7/'],
    ...[
      '010.0.0.1',
      '0x7f.0.0.1',
      '2130706433',
      '127.1',
      '2001:db8::/129',
      '2001:db8::g',
      'fe80::1%eth0',
      '[::1]',
      '::192.0.2.7',
    ],
    ...['localhost', 'example.com/24', '192.0.2.1-192.0.2.9', '192.0.2.0/255.255.255.0', '::ffff:192.0.2.7/129'],
  ])('is not %j', (text) => {
    expect(normalAddress(text)).toBeNull();
  });
});

describe('a list of addresses', () => {
  const permits = (entries: string[], address: string) => new AllowedAddresses(entries).permit(address);

  it('permits everything when it is empty', () => {
    expect(['192.0.2.7', '2001:db8::1', 'nonsense'].map((address) => permits([], address))).toEqual([true, true, true]);
  });

  it.each([
    ['192.0.2.7', ['192.0.2.7', '::ffff:192.0.2.7', '::ffff:c000:207'], ['192.0.2.6', '192.0.2.8', '::192.0.2.7']],
    ['192.0.2.64/26', ['192.0.2.64', '192.0.2.127', '::ffff:192.0.2.127'], ['192.0.2.63', '192.0.2.128']],
    ['192.0.2.2/31', ['192.0.2.2', '192.0.2.3'], ['192.0.2.1', '192.0.2.4']],
    ['0.0.0.0/0', ['0.0.0.0', '255.255.255.255', '::ffff:1.2.3.4'], ['::', '2001:db8::1', 'nonsense', '']],
    ['2001:db8::/33', ['2001:db8::', '2001:db8:7fff:ffff::'], ['2001:db8:8000::', '2001:db7:ffff::', '192.0.2.7']],
    ['fe80::/10', ['fe80::1%eth0', 'febf::1'], ['fec0::1']],
    ['::/0', ['::1', '2001:db8::1'], ['192.0.2.7', '::ffff:192.0.2.7']],
  ])('ends where %s ends', (entry, inside, outside) => {
    expect(inside.map((address) => permits([entry], address))).toEqual(inside.map(() => true));
    expect(outside.map((address) => permits([entry], address))).toEqual(outside.map(() => false));
  });

  it('permits what any of its entries does', () => {
    const entries = ['192.0.2.7', '2001:db8::/32'];
    expect(['192.0.2.7', '2001:db8::9', '192.0.2.8'].map((address) => permits(entries, address))).toEqual([
      true,
      true,
      false,
    ]);
  });
});
