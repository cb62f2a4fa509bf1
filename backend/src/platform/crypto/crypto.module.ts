import { Global, Module } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { query, Transactions } from '#platform/database/index.js';
import { openKeyRing } from './key-ledger.js';
import { KeyRing } from './key-ring.js';
import { Secrets } from './secrets.js';
import { Signatures } from './signatures.js';

/** Keys, sealed secrets and signatures for every room. The boot fails when keys are lost that the database needs. */
@Global()
@Module({
  providers: [
    {
      provide: KeyRing,
      inject: [InstanceConfig, Transactions],
      useFactory: ({ dataDir }: InstanceConfig, transactions: Transactions) =>
        transactions.run((em) => openKeyRing(dataDir, (text, values) => query(em, text, values))),
    },
    Secrets,
    Signatures,
  ],
  exports: [KeyRing, Secrets, Signatures],
})
export class CryptoModule {}
