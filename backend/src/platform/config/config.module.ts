import { Global, Module, type DynamicModule } from '@nestjs/common';
import { checkDeclared, checkEnvironment, configClasses, readConfig } from './config.js';

/** Provides every declared configuration class, validated once from the environment. */
@Global()
@Module({})
export class ConfigModule {
  /**
   * @param env the environment to read; the process's own unless a test gives another
   * @throws InvalidSettings with every fault of every room
   */
  static forRoot(env = environment()): DynamicModule {
    checkDeclared();
    checkEnvironment(env);
    const providers = configClasses().map((config) => ({ provide: config, useValue: readConfig(config, env) }));
    return { module: ConfigModule, providers, exports: providers.map((p) => p.provide) };
  }
}

/** The process's environment: the only place that reads it. */
export function environment(): Record<string, string | undefined> {
  return process.env;
}
