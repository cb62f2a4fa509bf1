import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { v7 as uuidv7 } from 'uuid';
import { Secrets } from '#platform/crypto/index.js';
import { affected, query, type EntityManager } from '#platform/database/index.js';
import {
  makeHmacSecret,
  makeSigningKey,
  parseSecret,
  publicKeyOf,
  type SecretKind,
  type WebhookSecret,
} from '#platform/webhook-signature/index.js';

/** A secret that was just made: the only moment that it is seen. */
export interface NewSecret {
  readonly id: string;
  readonly kind: SecretKind;
  /** Null with ed25519, whose private half nobody but us needs. */
  readonly secret: string | null;
  readonly publicKey: string | null;
  readonly createdAt: Date;
}

/** A secret as it is kept. */
export interface SealedSecret {
  readonly id: string;
  readonly sealed: string;
}

const context = (id: string): string => `webhook_secret:${id}`;

/** What requests to endpoints are signed with: sealed at rest, several at a time while one replaces another. */
@Injectable()
export class EndpointSecrets {
  private readonly opened = new LRUCache<string, WebhookSecret>({ max: 10_000, ttl: 600_000 });

  constructor(private readonly secrets: Secrets) {}

  /** Makes a secret in the caller's transaction. */
  async add(em: EntityManager, endpointId: string, kind: SecretKind, createdAt: Date): Promise<NewSecret> {
    const id = uuidv7();
    const secret = kind === 'hmac' ? makeHmacSecret() : makeSigningKey();
    const publicKey = kind === 'ed25519' ? publicKeyOf(secret) : null;
    await query(
      em,
      `insert into webhook_secret (id, endpoint_id, kind, sealed, public_key, created_at) values ($1, $2, $3, $4, $5, $6)`,
      [id, endpointId, kind, this.secrets.seal(secret, context(id)), publicKey, createdAt],
    );
    return { id, kind, secret: kind === 'hmac' ? secret : null, publicKey, createdAt };
  }

  /**
   * Replaces the newest secret. It signs beside the new one until `previousUntil`; what was replaced before ends at once.
   *
   * @returns the new one
   */
  async rotate(
    em: EntityManager,
    endpointId: string,
    kind: SecretKind,
    { now, previousUntil }: { now: Date; previousUntil: Date },
  ): Promise<NewSecret> {
    const overlaps = previousUntil > now;
    const ended =
      'delete from webhook_secret where endpoint_id = $1 and ($2::boolean is false or expires_at is not null)';
    await affected(em, ended, [endpointId, overlaps]);
    const ending = 'update webhook_secret set expires_at = $2 where endpoint_id = $1';
    if (overlaps) await affected(em, ending, [endpointId, previousUntil]);
    return this.add(em, endpointId, kind, now);
  }

  /** What requests are signed with. @throws SecretUnreadable, KeyRingError */
  open(sealed: readonly SealedSecret[]): WebhookSecret[] {
    return sealed.map(({ id, sealed: text }) => {
      const known = this.opened.get(id);
      if (known !== undefined) return known;
      const secret = parseSecret(this.secrets.open(text, context(id)));
      this.opened.set(id, secret);
      return secret;
    });
  }
}
