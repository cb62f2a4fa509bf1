import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 as uuidv7 } from 'uuid';
import type { HeldRole, MemberRole } from '#platform/access/index.js';
import type { EmailAddress } from '../accounts/email-address.js';
import { InvitationClosed, OtherAddress } from './members.errors.js';

/** Days an invitation stays open. */
export const INVITATION_DAYS = 7;

/** An offer to one address to join a workspace with a role. Its link works once. */
@Entity({ tableName: 'invitation' })
export class Invitation {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  workspaceId!: string;

  @Property({ type: 'text' })
  email!: string;

  @Property({ type: 'text' })
  emailKey!: string;

  @Property({ type: 'text' })
  role!: MemberRole;

  /** Of a role that the workspace made itself; null when it was deleted since. */
  @Property({ type: 'uuid', nullable: true })
  roleId: string | null = null;

  @Property({ type: 'blob', columnType: 'bytea' })
  tokenHash!: Buffer;

  @Property({ type: 'uuid', nullable: true })
  invitedBy: string | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  expiresAt!: Date;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  acceptedAt: Date | null = null;

  @Property({ type: 'uuid', nullable: true })
  acceptedBy: string | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  revokedAt: Date | null = null;

  /** A new invitation; `offer` opens it. */
  static to(workspaceId: string, email: EmailAddress): Invitation {
    const invitation = new Invitation();
    invitation.id = uuidv7();
    invitation.workspaceId = workspaceId;
    invitation.email = email.address;
    invitation.emailKey = email.key;
    return invitation;
  }

  /** Opens it, or opens it anew: earlier links stop working. */
  offer({ role, roleId }: HeldRole, tokenHash: Buffer, invitedBy: string | null, now = new Date()): void {
    this.role = role;
    this.roleId = roleId;
    this.tokenHash = tokenHash;
    this.invitedBy = invitedBy;
    this.createdAt = now;
    this.expiresAt = new Date(now.getTime() + INVITATION_DAYS * 86_400_000);
  }

  /** True while somebody may still accept it: then their seat is kept. */
  holdsSeat(now = new Date()): boolean {
    return !this.acceptedAt && !this.revokedAt && now < this.expiresAt;
  }

  /** @throws InvitationClosed when it was used, taken back, or is too old */
  requireOpen(now = new Date()): void {
    if (!this.holdsSeat(now)) throw new InvitationClosed();
  }

  /** @throws InvitationClosed; OtherAddress when the person has another address than the one invited */
  accept(person: { id: string; emailKey: string }, now = new Date()): void {
    this.requireOpen(now);
    if (this.role === 'custom' && this.roleId === null) throw new InvitationClosed();
    if (person.emailKey !== this.emailKey) throw new OtherAddress();
    this.acceptedAt = now;
    this.acceptedBy = person.id;
  }

  /** @throws InvitationClosed when it was used or taken back before */
  revoke(now = new Date()): void {
    if (this.acceptedAt || this.revokedAt) throw new InvitationClosed();
    this.revokedAt = now;
  }
}
