import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** A person's authenticator app: a secret that both sides hold. It counts once a first right code confirmed it. */
@Entity({ tableName: 'totp_factor' })
export class TotpFactor {
  @PrimaryKey({ type: 'uuid' })
  userId!: string;

  /** The secret, sealed. */
  @Property({ type: 'text' })
  secret!: string;

  /** The newest time step whose code was used: neither it nor an earlier one is taken again (RFC 6238, section 5.2). */
  @Property({ type: 'integer' })
  lastStep = 0;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  confirmedAt: Date | null = null;

  /** An app of that person without a secret yet. */
  static of(userId: string): TotpFactor {
    const factor = new TotpFactor();
    factor.userId = userId;
    return factor;
  }

  /** True once it counts. */
  get active(): boolean {
    return this.confirmedAt !== null;
  }

  /** Gives it a secret that has yet to be confirmed. */
  enrol(sealedSecret: string, now = new Date()): void {
    this.secret = sealedSecret;
    this.lastStep = 0;
    this.createdAt = now;
  }

  /** Takes the code of a time step. @returns false when this code or a later one was used before */
  use(step: number): boolean {
    if (step <= this.lastStep) return false;
    this.lastStep = step;
    return true;
  }

  /** Makes it count. */
  confirm(now = new Date()): void {
    this.confirmedAt = now;
  }
}
