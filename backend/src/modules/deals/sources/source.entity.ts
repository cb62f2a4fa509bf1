import { randomInt } from 'node:crypto';
import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 as uuidv7 } from 'uuid';
import type { SourceKind, SourceSettings } from './source-settings.js';

/** Without letters and digits that look alike. */
const ADDRESS_LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
/** 31^26 is 128 bits (OWASP ASVS 5.0, 11.5.1): nobody guesses an address. Those of before have 20 letters, 99 bits. */
const ADDRESS_LENGTH = 26;

/** Where messages come from: an address of our own, a mailbox, a feed, or a person's uploads. */
@Entity({ tableName: 'source' })
export class Source {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  workspaceId!: string;

  @Property({ type: 'text' })
  kind!: SourceKind;

  @Property({ type: 'text' })
  name!: string;

  @Property({ type: 'json', columnType: 'jsonb' })
  settings!: SourceSettings;

  /** Sealed JSON; see `source-credentials.ts`. */
  @Property({ type: 'text', nullable: true })
  credentials: string | null = null;

  /** The part before the @ of its secret address. */
  @Property({ type: 'text', nullable: true })
  address: string | null = null;

  @Property({ type: 'boolean' })
  paused = false;

  /** Grows with every change that people see; the ETag of the source. */
  @Property({ type: 'integer' })
  version = 1;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  createdAt = new Date();

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  updatedAt = new Date();

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  removedAt: Date | null = null;

  /** A new source; one that receives mail gets a secret address. */
  static open(workspaceId: string, kind: SourceKind, name: string, settings: SourceSettings): Source {
    const source = new Source();
    Object.assign(source, { id: uuidv7(), workspaceId, kind, name, settings });
    if (kind === 'smtp') source.address = secretAddress();
    return source;
  }

  /**
   * Takes a new name and settings.
   *
   * @returns the names of what changed; empty when nothing did
   */
  change(to: { name?: string; settings?: SourceSettings; credentials?: string }, now = new Date()): string[] {
    const changed: string[] = [];
    if (to.name !== undefined && to.name !== this.name) {
      this.name = to.name;
      changed.push('name');
    }
    if (to.settings !== undefined && JSON.stringify(to.settings) !== JSON.stringify(this.settings)) {
      this.settings = to.settings;
      changed.push('settings');
    }
    if (to.credentials !== undefined) {
      this.credentials = to.credentials;
      changed.push('credentials');
    }
    if (changed.length > 0) this.touch(now);
    return changed;
  }

  /** Stops or resumes it. @returns false when it was so already */
  setPaused(paused: boolean, now = new Date()): boolean {
    if (this.paused === paused) return false;
    this.paused = paused;
    this.touch(now);
    return true;
  }

  /** Gives it another secret address; mail to the old one is refused from now on. */
  changeAddress(now = new Date()): void {
    this.address = secretAddress();
    this.touch(now);
  }

  /** Removes it: it forgets what it was opened with, and its address is nobody's. */
  remove(now = new Date()): void {
    this.removedAt = now;
    this.paused = true;
    this.credentials = null;
    this.address = null;
    this.touch(now);
  }

  private touch(now: Date): void {
    this.version++;
    this.updatedAt = now;
  }
}

function secretAddress(): string {
  return Array.from({ length: ADDRESS_LENGTH }, () => ADDRESS_LETTERS[randomInt(ADDRESS_LETTERS.length)]).join('');
}
