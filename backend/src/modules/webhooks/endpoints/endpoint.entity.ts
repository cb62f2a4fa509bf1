import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { v7 as uuidv7 } from 'uuid';
import type { EventData } from '#contract/events/index.js';
import type { Permission } from '#platform/access/index.js';

/** Whether an endpoint is served: `disabled` by a person or by a 410, `paused` after days of failure or without an owner who may hear for it. */
export type EndpointState = 'enabled' | 'disabled' | 'paused';

/** What people choose of an endpoint. */
export interface EndpointChoice {
  url: string;
  description: string;
  filter: string;
  types: string[] | null;
  payloadVersion: number;
  ratePerSecond: number | null;
  ordered: boolean;
}

/** Whose rights decide what an endpoint is told of: a person or service account, as far as the key's scopes reached. */
export interface EndpointOwner {
  workspaceId: string;
  ownerId: string | null;
  ownerScopes: Permission[] | null;
  /** The API key that the owner acted by; when it ends, so does what they hear here. */
  ownerKeyId: string | null;
}

/** An address outside that is told of events of a workspace. */
@Entity({ tableName: 'webhook_endpoint' })
export class WebhookEndpoint {
  @PrimaryKey({ type: 'uuid' })
  id!: string;

  @Property({ type: 'uuid' })
  workspaceId!: string;

  @Property({ type: 'uuid', nullable: true })
  ownerId: string | null = null;

  @Property({ type: 'string[]', columnType: 'text[]', nullable: true })
  ownerScopes: Permission[] | null = null;

  @Property({ type: 'uuid', nullable: true })
  ownerKeyId: string | null = null;

  @Property({ type: 'text' })
  url!: string;

  @Property({ type: 'text' })
  description!: string;

  /** The name of a filter target: `activity`. */
  @Property({ type: 'text' })
  target!: string;

  @Property({ type: 'text' })
  filter!: string;

  /** Null: all types that the target hears. */
  @Property({ type: 'string[]', columnType: 'text[]', nullable: true })
  types: string[] | null = null;

  /** Headers of its own, sealed. */
  @Property({ type: 'text', nullable: true })
  headers: string | null = null;

  @Property({ type: 'string[]', columnType: 'text[]' })
  headerNames: string[] = [];

  @Property({ type: 'integer' })
  payloadVersion!: number;

  @Property({ type: 'integer', nullable: true })
  ratePerSecond: number | null = null;

  @Property({ type: 'boolean' })
  ordered = false;

  /** True when a REST hook made it. */
  @Property({ type: 'boolean' })
  hook = false;

  @Property({ type: 'text' })
  state: EndpointState = 'enabled';

  /** Why it is not served, when no person switched it off. */
  @Property({ type: 'text', nullable: true })
  stateReason: string | null = null;

  /** Grows with every change; the ETag. */
  @Property({ type: 'integer' })
  version = 1;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  createdAt!: Date;

  @Property({ type: 'timestamptz', columnType: 'timestamptz' })
  updatedAt!: Date;

  @Property({ type: 'timestamptz', columnType: 'timestamptz', nullable: true })
  removedAt: Date | null = null;

  /** A new endpoint; it hears what happens from now on. */
  static open(owner: EndpointOwner, target: string, choice: EndpointChoice, now = new Date()): WebhookEndpoint {
    const made = new WebhookEndpoint();
    return Object.assign(made, owner, choice, { id: uuidv7(), target, createdAt: now, updatedAt: now });
  }

  /** Applies a change of what people choose. */
  change(choice: Partial<EndpointChoice>, now = new Date()): void {
    Object.assign(this, Object.fromEntries(Object.entries(choice).filter(([, value]) => value !== undefined)));
    this.touch(now);
  }

  /** Takes other headers, sealed; their names stay readable. */
  carry(sealed: string | null, names: string[], now = new Date()): void {
    this.headers = sealed;
    this.headerNames = names;
    this.touch(now);
  }

  /** Switches it on again, whatever stopped it, or off. */
  switch(on: boolean, now = new Date()): void {
    this.state = on ? 'enabled' : 'disabled';
    this.stateReason = null;
    this.touch(now);
  }

  /** Stops it without a person: for good (its address is gone) or until somebody looks. */
  stop(state: 'disabled' | 'paused', reason: string, now = new Date()): void {
    this.state = state;
    this.stateReason = reason;
    this.touch(now);
  }

  /** From now on the rights of somebody else decide what it is told of. */
  belongTo({ ownerId, ownerScopes, ownerKeyId }: EndpointOwner, now = new Date()): void {
    Object.assign(this, { ownerId, ownerScopes, ownerKeyId });
    this.touch(now);
  }

  /** Removes it; what was sent stays known, and of its address no more than the host. */
  remove(now = new Date()): void {
    this.url = new URL('/', this.url).href;
    this.headers = null;
    this.headerNames = [];
    this.removedAt = now;
    this.touch(now);
  }

  /** What its events carry. */
  told(): EventData<'webhook_endpoint.created'> {
    const { description, target, filter, types, state, ordered, ratePerSecond, payloadVersion, ownerId } = this;
    const host = new URL(this.url).host;
    return { description, host, target, filter, types, state, ordered, ratePerSecond, payloadVersion, ownerId };
  }

  private touch(now: Date): void {
    this.version++;
    this.updatedAt = now;
  }
}
