import { describe, expect, it } from '@jest/globals';
import { SubscribeMessage } from '@nestjs/websockets';
import { commandPermissions, SocketCommand } from './socket-command.js';

class Sound {
  @SocketCommand('renew', { permission: 'self' })
  renew() {}

  @SocketCommand('head', { permission: 'connected' })
  head() {}

  other() {}
}

class Bare extends Sound {
  @SubscribeMessage('watch')
  watch() {}
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
    ]);
  });

  it('do not boot with one that asks for nothing, or without one of the contract', () => {
    expect(() => commandPermissions(new Bare())).toThrow('"watch" declares no permission');
    expect(() => commandPermissions(new Short())).toThrow('No gateway handles the socket message "renew"');
  });
});
