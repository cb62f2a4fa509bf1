import { Controller, Delete, Get, Post } from '@nestjs/common';
import type { Actor } from '#platform/access/index.js';
import { Abandoned, Endpoint, Input, type ListQuery, Who } from '#platform/http/index.js';
import { ChannelAddressRefused, NoSuchDevice, TooManyChannels } from '../channels.errors.js';
import {
  device,
  devicePath,
  type DevicePath,
  devices,
  devicesQuery,
  newDevice,
  type NewDevice,
  pushKey,
  tested,
} from '../channels.schemas.js';
import { PushDevices } from './push-devices.js';
import { VapidKeys } from './vapid-keys.js';

/** The caller's browsers that take push messages. */
@Controller('me')
export class PushDevicesController {
  constructor(
    private readonly service: PushDevices,
    private readonly keys: VapidKeys,
  ) {}

  @Get('push-key')
  @Endpoint({
    permission: 'self',
    summary: 'The key that browsers subscribe to push messages with',
    response: pushKey,
  })
  async key() {
    return { publicKey: await this.keys.publicKey() };
  }

  @Get('push-devices')
  @Endpoint({
    permission: 'self',
    summary: 'Your browsers that take push messages',
    query: devicesQuery,
    response: devices,
  })
  list(@Who() { userId }: Actor, @Input.query() query: ListQuery) {
    return this.service.list(userId ?? '', query);
  }

  @Post('push-devices')
  @Endpoint({
    permission: 'self',
    summary: 'Add a browser',
    description: 'Takes what PushSubscription.toJSON() gives. One that is there already takes the new name and keys.',
    body: newDevice,
    response: device,
    errors: [ChannelAddressRefused, TooManyChannels],
    bodyExample: {
      name: 'Firefox on the laptop',
      endpoint: 'https://updates.push.services.mozilla.com/wpush/v2/gAAAAABf',
      keys: {
        p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
        auth: 'BTBZMqHH6r4Tts7J_aSIgg',
      },
    },
  })
  add(@Who() who: Actor, @Input.body() body: NewDevice) {
    return this.service.add(who, body);
  }

  @Delete('push-devices/:deviceId')
  @Endpoint({
    permission: 'self',
    summary: 'Remove a browser',
    params: devicePath,
    status: 204,
    errors: [NoSuchDevice],
  })
  remove(@Who() who: Actor, @Input.params() { deviceId }: DevicePath) {
    return this.service.remove(who, deviceId);
  }

  @Post('push-devices/:deviceId/tests')
  @Endpoint({
    permission: 'self',
    summary: 'Send a test message to a browser',
    params: devicePath,
    status: 200,
    response: tested,
    idempotent: false,
    errors: [NoSuchDevice],
  })
  test(@Who() who: Actor, @Input.params() { deviceId }: DevicePath, @Abandoned() signal: AbortSignal) {
    return this.service.test(who, deviceId, signal);
  }
}
