import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';

/** Where a message stands: `received` waits for the parser, `no_deal` was read and offers none. */
export const MESSAGE_STATES = ['received', 'parsed', 'no_deal', 'failed'] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** A message that a source brought in. Its raw bytes stay in storage, whatever becomes of it. */
@Entity({ tableName: 'message' })
export class Message {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  workspaceId!: string;

  @Property({ type: 'uuid' })
  sourceId!: string;

  @Property({ type: 'text' })
  state: MessageState = 'received';

  @Property({ type: 'text' })
  storageKey!: string;

  /** Bytes. */
  @Property({ type: 'integer' })
  size!: number;

  @Property({ type: 'text' })
  subject!: string;

  @Property({ type: 'text' })
  sender!: string;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  sentAt: Date | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  receivedAt!: Date;

  @Property({ type: 'integer', nullable: true })
  parserVersion: number | null = null;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  parsedAt: Date | null = null;

  @Property({ type: 'integer' })
  parseCount = 0;

  @Property({ type: 'integer' })
  dealCount = 0;

  /** Why it could not be read, for people. */
  @Property({ type: 'text', nullable: true })
  error: string | null = null;

  /** Grows with every reading; the ETag of the message. */
  @Property({ type: 'integer' })
  version = 1;

  /** True when it was read before: what it offers now corrects what it offered then. */
  get wasRead(): boolean {
    return this.parseCount > 0;
  }

  /** It was read and offers so many deals. */
  read(deals: number, parserVersion: number, now: Date): void {
    this.state = deals > 0 ? 'parsed' : 'no_deal';
    this.dealCount = deals;
    this.error = null;
    this.parseCount++;
    this.settle(parserVersion, now);
  }

  /** It could not be read. Deals of an earlier reading stay. */
  fail(error: string, parserVersion: number, now: Date): void {
    this.state = 'failed';
    this.error = error;
    this.settle(parserVersion, now);
  }

  private settle(parserVersion: number, now: Date): void {
    this.parserVersion = parserVersion;
    this.parsedAt = now;
    this.version++;
  }
}
