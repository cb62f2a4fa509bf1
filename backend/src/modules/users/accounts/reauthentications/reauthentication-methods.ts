import { Injectable } from '@nestjs/common';
import type { EntityManager } from '#platform/database/index.js';
import type { Account } from '../account.entity.js';

/** A way to prove again who one is. */
export interface ReauthenticationMethod {
  /** `password`, `totp`, `passkey` … */
  readonly name: string;
  /** Whether this person has it. */
  held(em: EntityManager, account: Account): boolean | Promise<boolean>;
}

/**
 * The ways to prove again who one is. The password is one; another is registered here by its part of the room, which has a
 * route of its own and calls `Reauthentications.confirm` when the proof was right.
 */
@Injectable()
export class ReauthenticationMethods {
  private readonly methods: ReauthenticationMethod[] = [
    { name: 'password', held: (_em, account) => account.passwordHash !== null },
  ];

  /** @throws Error when the name is taken: a fault of the developer */
  register(method: ReauthenticationMethod): void {
    if (this.methods.some(({ name }) => name === method.name))
      throw new Error(`Two ways to prove again who one is are named "${method.name}".`);
    this.methods.push(method);
  }

  /** The names of those that a person has. */
  async of(em: EntityManager, account: Account): Promise<string[]> {
    const names: string[] = [];
    for (const method of this.methods) if (await method.held(em, account)) names.push(method.name);
    return names;
  }
}
