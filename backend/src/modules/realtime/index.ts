export { RealtimeModule } from './realtime.module.js';
export { RealtimeGateway } from './realtime.gateway.js';
export { commandPermissions } from './commands/socket-command.js';
