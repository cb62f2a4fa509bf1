export { LocalStorage } from './local-storage.js';
export { FileMissing, Storage } from './storage.js';
export { StorageConfig } from './storage.config.js';
export { StorageModule } from './storage.module.js';
