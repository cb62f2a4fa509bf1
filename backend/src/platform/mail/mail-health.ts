import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthChecks, type PartHealth } from '#platform/telemetry/index.js';
import { MailTransport } from './mail-transport.js';

/** A mail server is not asked more often than this, however often health is. */
const FRESH_MS = 30_000;

/** Whether mail gets out, as the health part `mail`. */
@Injectable()
export class MailHealth implements OnModuleInit {
  private last: { at: number; health: Promise<PartHealth> } | undefined;

  constructor(
    private readonly checks: HealthChecks,
    private readonly transport: MailTransport,
  ) {}

  onModuleInit(): void {
    this.checks.register('mail', () => this.health());
  }

  private async health(): Promise<PartHealth> {
    if (!this.last || Date.now() - this.last.at >= FRESH_MS)
      this.last = { at: Date.now(), health: this.transport.health() };
    const { at, health } = this.last;
    const { details, ...rest } = await health;
    return { ...rest, details: { ...details, checked_seconds_ago: Math.round((Date.now() - at) / 1000) } };
  }
}
