import { Injectable } from '@nestjs/common';

/** How a part is: up, or down with a sentence; `details` are figures for operators. */
export interface PartHealth {
  up: boolean;
  sentence?: string;
  details?: Record<string, string | number | boolean | null>;
}

/** A named question about one part of the instance. */
export interface HealthCheck {
  readonly name: string;
  /** True when the process cannot serve without this part: it decides `/health/ready`. */
  readonly vital: boolean;
  readonly check: () => Promise<PartHealth>;
}

const TIMEOUT_MS = 2000;

/** The parts of the instance that report their health. Rooms register theirs at boot. */
@Injectable()
export class HealthChecks {
  private readonly checks = new Map<string, HealthCheck>();

  /** @throws Error when the name is taken */
  register(name: string, check: () => Promise<PartHealth>, options: { vital?: boolean } = {}): void {
    if (this.checks.has(name)) throw new Error(`Two health checks are named "${name}".`);
    this.checks.set(name, { name, vital: options.vital ?? false, check });
  }

  /** Every check, or only those that decide readiness. */
  all(vitalOnly = false): HealthCheck[] {
    return [...this.checks.values()].filter((c) => c.vital || !vitalOnly);
  }

  /** Asks one part; an error or two seconds of silence count as down. */
  async ask(check: HealthCheck): Promise<PartHealth> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<PartHealth>((resolve) => {
      timer = setTimeout(resolve, TIMEOUT_MS, { up: false, sentence: `It did not answer within ${TIMEOUT_MS} ms.` });
    });
    try {
      return await Promise.race([check.check(), late]);
    } catch (error) {
      return { up: false, sentence: (error as Error).message };
    } finally {
      clearTimeout(timer);
    }
  }
}
