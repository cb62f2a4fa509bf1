import type { Signatures } from '#platform/crypto/index.js';
import type { Signer } from './signed-head.js';

const PURPOSE = 'log head';

/** Signs heads and checkpoints with the instance's keys, which are outside of the database. */
export function instanceSigner(signatures: Signatures): Signer {
  return {
    sign: (text) => signatures.sign(PURPOSE, text),
    verify: (text, signature) => signatures.verify(PURPOSE, text, signature),
  };
}
