import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { SetupCode } from './setup-code.js';

/** What the start of the process asks about the first owner. */
@Injectable()
export class SetupApi implements OnApplicationBootstrap {
  constructor(
    private readonly config: InstanceConfig,
    private readonly code: SetupCode,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.plays('api')) await this.code.pending();
  }

  /** The code that the first owner needs to sign up; null once the instance has an owner. */
  pendingCode(): Promise<string | null> {
    return this.code.pending();
  }
}
