import { join } from 'node:path';
import { Global, Module } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { LocalStorage } from './local-storage.js';
import { S3Storage } from './s3-storage.js';
import { StorageConfig } from './storage.config.js';
import { Storage } from './storage.js';

/** Provides `Storage`: the folder `files` of the data folder, or an S3 bucket by setting. */
@Global()
@Module({
  providers: [
    {
      provide: Storage,
      inject: [StorageConfig, InstanceConfig],
      useFactory: async (config: StorageConfig, instance: InstanceConfig): Promise<Storage> => {
        const { bucket } = config;
        return bucket ? S3Storage.connect({ ...config, bucket }) : new LocalStorage(join(instance.dataDir, 'files'));
      },
    },
  ],
  exports: [Storage],
})
export class StorageModule {}
