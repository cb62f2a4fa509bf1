import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { InstanceConfig } from '#platform/config/index.js';
import { Reads } from '#platform/database/index.js';
import { HealthChecks, type PartHealth } from '#platform/telemetry/index.js';
import { DealsConfig } from '../deals.config.js';
import { SmtpReceiver } from './smtp/smtp-receiver.js';

const FAILING = `
  select count(*)::int as failing from source s join source_state t on t.source_id = s.id
   where t.failing_since is not null and s.removed_at is null and not s.paused`;

/** Whether mail gets in, as the health part `incoming-mail`. Sources that fail are their workspaces' concern: they are only counted. */
@Injectable()
export class IncomingMailHealth implements OnModuleInit {
  constructor(
    private readonly checks: HealthChecks,
    private readonly receiver: SmtpReceiver,
    private readonly reads: Reads,
    private readonly instance: InstanceConfig,
    @Inject(DealsConfig) private readonly config: DealsConfig,
  ) {}

  onModuleInit(): void {
    this.checks.register('incoming-mail', () => this.health());
  }

  private async health(): Promise<PartHealth> {
    const row = await this.reads.one<{ failing: number }>('deals.failing-sources', FAILING, []);
    return { ...this.receiving(), details: { failing_sources: row?.failing ?? 0 } };
  }

  private receiving(): PartHealth {
    if (!this.config.smtpInEnabled) return { up: true, sentence: 'This instance receives no mail over SMTP.' };
    if (!this.instance.plays('workers')) return { up: true, sentence: 'Mail is received by processes that work.' };
    const { port } = this.receiver;
    if (port === undefined) return { up: false, sentence: 'The receiving mail port does not listen.' };
    return { up: true, sentence: `Mail is received at port ${port}.` };
  }
}
