import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 as uuidv7 } from 'uuid';
import type { ExternalIdentity } from './providers/provider.js';

/** Who a person is at another issuer. Issuer and subject name it; the address is there to be recognised by people only. */
@Entity({ tableName: 'identity' })
export class Identity {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  userId!: string;

  /** The id of the provider in the settings, when it was linked. */
  @Property({ type: 'text' })
  provider!: string;

  @Property({ type: 'text' })
  issuer!: string;

  /** What the issuer calls the person, for good. */
  @Property({ type: 'text' })
  subject!: string;

  /** The address there, when it was used last. It decides nothing. */
  @Property({ type: 'text', nullable: true })
  email: string | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  lastUsedAt: Date | null = null;

  /** A person's identity. */
  static of(userId: string, provider: string, external: ExternalIdentity, now = new Date()): Identity {
    const identity = new Identity();
    identity.id = uuidv7();
    identity.userId = userId;
    identity.provider = provider;
    identity.issuer = external.issuer;
    identity.subject = external.subject;
    identity.email = external.email?.slice(0, 320) ?? null;
    identity.createdAt = now;
    return identity;
  }

  /** Notes a sign-in, and the address that the person has there now. */
  use({ email }: ExternalIdentity, now = new Date()): void {
    this.email = email?.slice(0, 320) ?? null;
    this.lastUsedAt = now;
  }
}
