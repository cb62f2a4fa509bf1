export { CryptoModule } from './crypto.module.js';
export { KeyRingError } from './key-file.js';
export { openKeyRing, rotateKeys } from './key-ledger.js';
export { KeyRing } from './key-ring.js';
export type { MasterKey } from './key-ring.js';
export { Secrets, SecretUnreadable } from './secrets.js';
export { Signatures } from './signatures.js';
