import { Injectable } from '@nestjs/common';
import { Reads } from '#platform/database/index.js';

/** A person as other rooms know them. */
export interface Person {
  id: string;
  email: string;
  name: string;
  locale: string;
  timeZone: string;
  currency: string;
  emailVerified: boolean;
}

const FIND = `
  select id, email, name, locale, time_zone as "timeZone", currency, email_verified_at is not null as "emailVerified"
  from user_account where id = any($1::uuid[]) order by id`;

/** What other rooms may ask about people. */
@Injectable()
export class UsersApi {
  constructor(private readonly reads: Reads) {}

  /** The people of these ids; unknown ids are left out. */
  find(userIds: readonly string[]): Promise<Person[]> {
    return this.reads.all<Person>('users.find', FIND, [[...new Set(userIds)]]);
  }
}
