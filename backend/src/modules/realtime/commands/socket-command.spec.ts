import { describe, expect, it } from '@jest/globals';
import { SubscribeMessage } from '@nestjs/websockets';
import { commandPermissions, SocketCommand } from './socket-command.js';

class Sound {
  @SocketCommand('renew', { permission: 'self' })
  renew() {}

  @SocketCommand('head', { permission: 'connected' })
  head() {}

  @SocketCommand('watch', { permission: 'target' })
  watch() {}

  @SocketCommand('unwatch', { permission: 'connected' })
  unwatch() {}

  @SocketCommand('enter', { permission: 'workspace:read' })
  enter() {}

  @SocketCommand('leave', { permission: 'connected' })
  leave() {}

  @SocketCommand('typing', { permission: 'workspace:read' })
  typing() {}

  other() {}
}

class Bare extends Sound {
  @SubscribeMessage('listen')
  listen() {}
}

class Short {
  @SocketCommand('head', { permission: 'connected' })
  head() {}
}

describe('the commands of a gateway', () => {
  it('are found with what they ask for', () => {
    expect([...commandPermissions(new Sound())]).toEqual([
      ['renew', 'self'],
      ['head', 'connected'],
      ['watch', 'target'],
      ['unwatch', 'connected'],
      ['enter', 'workspace:read'],
      ['leave', 'connected'],
      ['typing', 'workspace:read'],
    ]);
  });

  it('do not boot with one that asks for nothing, or without one of the contract', () => {
    expect(() => commandPermissions(new Bare())).toThrow('"listen" declares no permission');
    expect(() => commandPermissions(new Short())).toThrow('No gateway handles the socket message "renew", "watch"');
  });
});
