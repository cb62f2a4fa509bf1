import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isoTime, Reads } from '#platform/database/index.js';
import {
  type DataFile,
  type DataSubject,
  type HoldsPersonalData,
  PersonalData,
} from '#platform/personal-data/index.js';

const FILES: { path: string; about: string; sql: string }[] = [
  {
    path: 'account/authenticator-app',
    about: 'The authenticator app that you confirmed; its secret is not told.',
    sql: `select ${isoTime('confirmed_at')} as "confirmedAt" from totp_factor where user_id = $1 and confirmed_at is not null`,
  },
  {
    path: 'account/passkeys',
    about: 'The passkeys that sign you in.',
    sql: `
      select name, credential_id as "credentialId", synced, ${isoTime('created_at')} as "createdAt",
        ${isoTime('last_used_at')} as "lastUsedAt", ${isoTime('suspended_at')} as "suspendedAt"
      from passkey where user_id = $1 order by created_at, id`,
  },
  {
    path: 'account/recovery-codes',
    about: 'When your recovery codes were made and used; the codes themselves are not kept.',
    sql: `
      select ${isoTime('created_at')} as "createdAt", ${isoTime('used_at')} as "usedAt"
      from recovery_code where user_id = $1 order by created_at, hash`,
  },
  {
    path: 'account/linked-accounts',
    about: 'Your accounts elsewhere that sign you in.',
    sql: `
      select provider, issuer, subject, email, ${isoTime('created_at')} as "createdAt",
        ${isoTime('last_used_at')} as "lastUsedAt"
      from identity where user_id = $1 order by created_at, id`,
  },
];

/** What is held of how a person signs in. It goes with the account when that is erased. */
@Injectable()
export class FactorsPersonalData implements HoldsPersonalData, OnModuleInit {
  readonly room = 'sign-in';

  constructor(
    private readonly registry: PersonalData,
    private readonly reads: Reads,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  /** Few rows each: what a person may have is limited. */
  files({ id }: DataSubject): DataFile[] {
    const { reads } = this;
    return FILES.map(({ path, about, sql }) => ({
      path,
      about,
      async *rows() {
        yield* await reads.adHoc<object>(sql, [id]);
      },
    }));
  }
}
