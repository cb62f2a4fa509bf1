import { Inject, Injectable } from '@nestjs/common';
import { Reads } from '#platform/database/index.js';
import { DealsConfig } from '../../deals.config.js';

/** The source behind an address. */
export interface Recipient {
  id: string;
  workspaceId: string;
  paused: boolean;
}

const FIND = `select id, workspace_id as "workspaceId", paused from source where address = $1 and removed_at is null`;

/** Knows the secret addresses. */
@Injectable()
export class Recipients {
  constructor(
    private readonly reads: Reads,
    @Inject(DealsConfig) private readonly config: DealsConfig,
  ) {}

  /** The address of a source, whole. */
  addressOf(localPart: string): string {
    return `${localPart}@${this.config.smtpInDomain}`;
  }

  /** The source that an address belongs to; a part behind `+` is ignored. */
  async find(address: string): Promise<Recipient | undefined> {
    const at = address.lastIndexOf('@');
    if (at < 1 || address.length > 320 || address.slice(at + 1).toLowerCase() !== this.config.smtpInDomain)
      return undefined;
    const local = address.slice(0, at).toLowerCase().split('+')[0] ?? '';
    if (!/^[a-z0-9]{10,64}$/.test(local)) return undefined;
    return this.reads.one('sources.by-address', FIND, [local]);
  }
}
