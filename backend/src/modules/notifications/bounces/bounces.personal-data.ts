import { Injectable, type OnModuleInit } from '@nestjs/common';
import { affected, Transactions } from '#platform/database/index.js';
import { type DataSubject, type HoldsPersonalData, PersonalData } from '#platform/personal-data/index.js';
import { digest } from '../suppressions/suppressions.js';

/** What is known of mail that came back from people's addresses. */
@Injectable()
export class BouncesPersonalData implements HoldsPersonalData, OnModuleInit {
  readonly room = 'bounces';

  constructor(
    private readonly registry: PersonalData,
    private readonly transactions: Transactions,
  ) {}

  onModuleInit(): void {
    this.registry.register(this);
  }

  async erase({ addresses }: DataSubject): Promise<void> {
    const text = 'delete from mail_bounce where address_hash = any($1)';
    await this.transactions.run((em) => affected(em, text, [addresses.map(digest)]));
  }
}
