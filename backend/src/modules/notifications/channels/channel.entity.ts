import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 as uuidv7 } from 'uuid';
import type { EventData } from '#contract/events/index.js';
import type { ChannelKind } from './channel.js';

/** Whose a channel is: a device belongs to a person wherever they are, a shared channel to its workspace. */
export interface ChannelOwner {
  workspaceId: string | null;
  userId: string | null;
  /** Who made it, and hears when it ends. */
  madeBy: string | null;
}

/** What leads there, sealed, with what may be shown of it. */
export interface SealedSettings {
  settings: string;
  /** The masked address. */
  hint: string;
  /** Of a device: two with one fingerprint are one. */
  fingerprint: string | null;
}

/** Where notifications go beside the inbox and the mail: a browser, a chat, an address. */
@Entity({ tableName: 'notification_channel' })
export class Channel {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid', nullable: true })
  workspaceId!: string | null;

  @Property({ type: 'uuid', nullable: true })
  userId!: string | null;

  @Property({ type: 'uuid', nullable: true })
  madeBy!: string | null;

  @Property({ type: 'text' })
  kind!: ChannelKind;

  @Property({ type: 'text' })
  name!: string;

  /** Sealed; see `channel-settings.ts`. */
  @Property({ type: 'text' })
  settings!: string;

  @Property({ type: 'text' })
  hint!: string;

  @Property({ type: 'text', nullable: true })
  fingerprint: string | null = null;

  /** Grows with every change that people see; the ETag. */
  @Property({ type: 'integer' })
  version = 1;

  @Property({ type: 'text', nullable: true })
  disabledReason: string | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  failingSince: Date | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  createdAt = new Date();

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  updatedAt = new Date();

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  removedAt: Date | null = null;

  /** A new channel. @param seal gives what leads there, sealed for the id */
  static open(owner: ChannelOwner, kind: ChannelKind, name: string, seal: (id: string) => SealedSettings): Channel {
    const channel = new Channel();
    const id = uuidv7();
    return Object.assign(channel, owner, { id, kind, name }, seal(id));
  }

  /**
   * Takes a new name, and new settings. What leads elsewhere now, or is switched on again by hand, may be tried again.
   *
   * @returns the names of what changed; empty when nothing did
   */
  change(to: { name?: string; settings?: SealedSettings; enabled?: true }, now = new Date()): string[] {
    const changed: string[] = [];
    if (to.name !== undefined && to.name !== this.name) {
      this.name = to.name;
      changed.push('name');
    }
    if (to.settings) {
      Object.assign(this, to.settings);
      changed.push('settings');
    }
    if (this.disabledReason !== null && (to.settings || to.enabled)) {
      this.disabledReason = null;
      this.failingSince = null;
      changed.push('enabled');
    }
    if (changed.length > 0) this.touch(now);
    return changed;
  }

  /** Stops it, because what it leads to is gone. @returns false when it was stopped already */
  disable(reason: string, now = new Date()): boolean {
    if (this.disabledReason !== null) return false;
    this.disabledReason = reason;
    this.touch(now);
    return true;
  }

  /** Removes it: it forgets what it led to. */
  remove(now = new Date()): void {
    this.removedAt = now;
    this.settings = '';
    this.fingerprint = null;
    this.touch(now);
  }

  /** Whether it is used. */
  get state(): 'enabled' | 'disabled' {
    return this.disabledReason === null ? 'enabled' : 'disabled';
  }

  /** What its events carry; never what leads there. */
  told(): EventData<'channel.created'> {
    return { kind: this.kind, name: this.name, shared: this.userId === null };
  }

  private touch(now: Date): void {
    this.version++;
    this.updatedAt = now;
  }
}
