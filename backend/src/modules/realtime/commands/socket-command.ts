import { applyDecorators, SetMetadata } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import { MESSAGE_MAPPING_METADATA, MESSAGE_METADATA } from '@nestjs/websockets/constants.js';
import { type CommandName, commands } from '#contract/realtime/index.js';
import type { Permission } from '#platform/access/index.js';

/**
 * What a command may ask for: any credentials that work (`connected`), a signed-in person (`self`), a permission in the
 * workspace that it names, or the permission of the filter target that it names there (`target`).
 */
export type CommandPermission = 'connected' | 'self' | 'target' | Permission;

const PERMISSION = 'signalbox:socket-permission';

/** Declares the method of a gateway that carries out a command of clients, and who may send it. */
export function SocketCommand(name: CommandName, options: { permission: CommandPermission }): MethodDecorator {
  return applyDecorators(SubscribeMessage(name), SetMetadata(PERMISSION, options.permission));
}

/**
 * The commands of a gateway, with what each asks for.
 *
 * @throws Error when one declares no permission, or one of the contract is missing: the application does not boot
 */
export function commandPermissions(gateway: object): ReadonlyMap<string, CommandPermission> {
  const found = new Map<string, CommandPermission>();
  for (const { value } of Object.values(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(gateway) as object))) {
    if (typeof value !== 'function' || !Reflect.hasMetadata(MESSAGE_MAPPING_METADATA, value as object)) continue;
    const name = String(Reflect.getMetadata(MESSAGE_METADATA, value as object));
    const permission = Reflect.getMetadata(PERMISSION, value as object) as CommandPermission | undefined;
    if (!permission) throw new Error(`The socket message "${name}" declares no permission: use @SocketCommand.`);
    found.set(name, permission);
  }
  const missing = Object.keys(commands).filter((name) => !found.has(name));
  if (missing.length > 0) throw new Error(`No gateway handles the socket message "${missing.join('", "')}".`);
  return found;
}
