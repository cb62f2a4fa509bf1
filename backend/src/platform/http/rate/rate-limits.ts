import { isIPv6 } from 'node:net';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { RedisConnections } from '#platform/redis/index.js';
import { TooManyRequests } from '#platform/errors/index.js';
import { HttpConfig } from '../http.config.js';
import { ExactCounter } from './exact-counter.js';
import { rateHeaders, ratePolicies, type RatePolicies, type RatePolicy, type RateVerdict } from './policy.js';
import { SharedCounter } from './shared-counter.js';

/**
 * Who may ask how often. Two ways of counting: `take` in memory, shared through Redis every 100 ms, for every request; and
 * `takeExactly` in Redis itself, for guesses at passwords and codes, where one too many is one too many.
 */
@Injectable()
export class RateLimits implements OnApplicationShutdown {
  readonly policies: RatePolicies;
  private readonly counter: SharedCounter;
  private readonly exact: ExactCounter;

  constructor(config: HttpConfig, redis: RedisConnections) {
    const connection = redis.get('rate-limits');
    this.policies = ratePolicies(config);
    this.counter = new SharedCounter(connection, redis.prefix);
    this.exact = new ExactCounter(connection, redis.prefix);
  }

  /** Counts one request; never waits. */
  take(policy: RatePolicy, principal: string): RateVerdict {
    return this.counter.take(policy, principal);
  }

  /** Counts one request for a room's own limits; never waits. @throws TooManyRequests */
  admit(policy: RatePolicy, principal: string): void {
    refuse(this.take(policy, principal));
  }

  /**
   * Counts one attempt for all processes at once. Refused attempts count too, so that hammering does not pay.
   *
   * @throws Unavailable while Redis is away or does not answer: what cannot be counted is not let through
   */
  takeExactly(policy: RatePolicy, principal: string): Promise<RateVerdict> {
    return this.exact.take(policy, principal);
  }

  /**
   * Counts one attempt exactly, for a room's own limits: a reset mail per account, a code per person.
   *
   * @param principal whom the attempt concerns, such as an address; it is part of a Redis key
   * @throws TooManyRequests when there were too many; Unavailable while Redis is away
   */
  async spend(policy: RatePolicy, principal: string): Promise<void> {
    refuse(await this.takeExactly(policy, principal));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.counter.close();
  }
}

/** @throws TooManyRequests when the verdict is no */
export function refuse(verdict: RateVerdict): void {
  if (verdict.allowed) return;
  const { policy, resetSeconds } = verdict;
  throw new TooManyRequests(
    `At most ${policy.limit} in ${policy.windowSeconds} seconds are accepted here: try again in ${Math.max(1, resetSeconds)} seconds.`,
    { headers: rateHeaders(verdict) },
  );
}

/**
 * An address as a principal, the same for every way to write it: all of one IPv6 network of 64 bits is one, because one
 * customer owns that many; an IPv4 address within IPv6 is that address.
 */
export function addressPrincipal(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const address = ipaddr.process(ip.split('%', 1)[0] ?? ip);
  if (address instanceof ipaddr.IPv4) return address.toString();
  const [a = 0, b = 0, c = 0, d = 0] = address.parts;
  return `${[a, b, c, d].map((part) => part.toString(16)).join(':')}::/64`;
}
