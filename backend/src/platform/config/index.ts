export {
  checkEnvironment,
  Config,
  configClass,
  configClasses,
  InvalidSettings,
  readConfig,
  setting,
} from './config.js';
export type { ConfigClass, Setting } from './config.js';
export { ConfigModule, environment } from './config.module.js';
export { InstanceConfig } from './instance.config.js';
export type { Role } from './instance.config.js';
export { VERSION } from './version.js';
export { flag, list, port, url, whole } from './types.js';
