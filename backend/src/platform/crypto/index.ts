export { CryptoModule } from './crypto.module.js';
export { KeyRing, KeyRingError } from './key-ring.js';
export type { MasterKey } from './key-ring.js';
export { Secrets, SecretUnreadable } from './secrets.js';
export { Signatures } from './signatures.js';
