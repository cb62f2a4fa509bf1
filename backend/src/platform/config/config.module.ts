import { Global, Module, type DynamicModule } from '@nestjs/common';
import { checkEnvironment, configClasses, readConfig } from './config.js';

/** Provides every declared configuration class, validated once from the environment. */
@Global()
@Module({})
export class ConfigModule {
  /**
   * @param env the environment to read; the process's own unless a test gives another
   * @throws InvalidSettings with every fault of every room
   */
  static forRoot(env: Record<string, string | undefined> = process.env): DynamicModule {
    checkEnvironment(env);
    const providers = configClasses().map((config) => ({ provide: config, useValue: readConfig(config, env) }));
    return { module: ConfigModule, providers, exports: providers.map((p) => p.provide) };
  }
}
