import { Global, Module } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { KeyRing } from './key-ring.js';
import { Secrets } from './secrets.js';
import { Signatures } from './signatures.js';

/** Keys, sealed secrets and signatures for every room. */
@Global()
@Module({
  providers: [
    {
      provide: KeyRing,
      inject: [InstanceConfig],
      useFactory: (config: InstanceConfig) => KeyRing.open(config.dataDir),
    },
    Secrets,
    Signatures,
  ],
  exports: [KeyRing, Secrets, Signatures],
})
export class CryptoModule {}
