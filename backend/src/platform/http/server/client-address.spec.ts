import type { IncomingMessage } from 'node:http';
import { afterAll, describe, expect, it } from '@jest/globals';
import fastify from 'fastify';
import { clientAddress } from './client-address.js';

const trusted = ['loopback', '10.1.0.0/16', '192.0.2.7', '2001:db8::/32'];
const server = fastify({ trustProxy: trusted });
server.get('/', (request) => request.ip);
afterAll(() => server.close());

const mine = (peer: string, forwarded?: string) =>
  clientAddress(trusted)({
    socket: { remoteAddress: peer },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  } as unknown as IncomingMessage);

describe('the address of a client', () => {
  it.each([
    ['198.51.100.1', undefined],
    ['198.51.100.1', '203.0.113.9'],
    ['127.0.0.1', undefined],
    ['127.0.0.1', '203.0.113.9'],
    ['::1', '203.0.113.9'],
    ['::ffff:127.0.0.1', '203.0.113.9'],
    ['10.1.2.3', '198.51.100.4, 203.0.113.9'],
    ['10.1.2.3', '198.51.100.4, 192.0.2.7'],
    ['10.2.2.3', '198.51.100.4, 192.0.2.7'],
    ['127.0.0.1', '10.1.0.1, 10.1.0.2'],
    ['2001:db8::5', '2001:db9::1'],
  ])('is what a request from %s that says %s has', async (peer, forwarded) => {
    const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
    const { body } = await server.inject({ url: '/', remoteAddress: peer, headers });
    expect(mine(peer, forwarded)).toBe(body);
  });

  it('is the peer where no proxy is trusted', () => {
    const request = { socket: { remoteAddress: '127.0.0.1' }, headers: { 'x-forwarded-for': '203.0.113.9' } };
    expect(clientAddress([])(request as unknown as IncomingMessage)).toBe('127.0.0.1');
  });
});
