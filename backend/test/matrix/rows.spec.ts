import { describe, expect, it } from '@jest/globals';
import { Injectable } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { workspacePermissions } from '#platform/access/index.js';
import { CALLERS } from './callers.js';
import { declaredOutcome, WORKSPACE_PERMISSIONS } from './declared.js';
import { rowFaults, ROWS } from './rows.js';
import { socketMessages } from './socket-messages.js';

@WebSocketGateway()
class Gateway {
  @SubscribeMessage('deals.watch')
  watch() {}

  close() {}
}

@Injectable()
class NoGateway {
  watch() {}
}

const rows = { ...ROWS, public: ['GET /health'], self: ['GET me'], connected: [] };
for (const permission of [...WORKSPACE_PERMISSIONS, 'instance:operate'] as const) rows[permission] = [];
const known = [
  { name: 'GET /health', permission: 'public' },
  { name: 'GET me', permission: 'self' },
] as const;

describe('the rows of the matrix', () => {
  it('find nothing wrong with what they describe', () => {
    expect(rowFaults(known, rows)).toEqual([]);
  });

  it('fail a route without a row', () => {
    expect(rowFaults([...known, { name: 'GET new', permission: 'self' }], rows)).toEqual([
      'GET new has no row: list it under "self" in rows.ts, if that is right.',
    ]);
  });

  it('fail a route that asks for something else than its row says', () => {
    expect(rowFaults([known[0], { name: 'GET me', permission: 'public' }], rows)).toEqual([
      'GET me asks for "public", and its row says "self".',
    ]);
  });

  it('fail a row whose route is gone, and one that is there twice', () => {
    expect(rowFaults([known[0]], rows)).toEqual(['The row of GET me is of nothing that exists.']);
    expect(rowFaults(known, { ...rows, self: ['GET me', 'GET me'] })).toEqual(['GET me has two rows.']);
  });
});

describe('the messages of sockets', () => {
  it('are found where a gateway handles them', () => {
    const providers = new Map([Gateway, NoGateway].map((metatype) => [metatype, { metatype }]));
    const modules = new Map([['rooms', { providers }]]) as unknown as ModulesContainer;
    expect(socketMessages(modules)).toEqual(['MESSAGE deals.watch']);
  });
});

describe('what is declared', () => {
  it('has every permission that a role may hold', () => {
    expect([...WORKSPACE_PERMISSIONS].sort()).toEqual([...workspacePermissions].sort());
  });

  it('lets each kind of caller do something, or says why it may do nothing', () => {
    const outcomes = CALLERS.map((caller) => {
      const row = { permission: 'deals:read', peopleOnly: false } as const;
      return [caller.credential, caller.part, declaredOutcome(row, caller, 'own')];
    });
    expect(new Set(outcomes.map(([credential, , outcome]) => `${credential}: ${outcome}`))).toEqual(
      new Set([
        'session: allowed',
        'session: forbidden',
        'session: not found',
        'key: allowed',
        'key: forbidden',
        'misplaced key: forbidden',
        'none: unknown caller',
      ]),
    );
    for (const caller of CALLERS) {
      const outcome = declaredOutcome({ permission: 'deals:read', peopleOnly: false }, caller, 'other');
      const early = { none: 'unknown caller', 'misplaced key': 'forbidden' } as const;
      expect(outcome).toBe(caller.credential in early ? early[caller.credential as 'none'] : 'not found');
    }
  });
});
