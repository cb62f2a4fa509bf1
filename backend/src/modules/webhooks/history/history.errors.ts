import { Conflict, NotFound } from '#platform/errors/index.js';

/** The workspace has no such delivery. */
export class NoSuchWebhookDelivery extends NotFound {
  static override code = 'webhook_delivery_not_found';
  constructor() {
    super('The workspace has no such webhook delivery.');
  }
}

/** The workspace has no such replay. */
export class NoSuchReplay extends NotFound {
  static override code = 'webhook_replay_not_found';
  constructor() {
    super('The workspace has no such replay.');
  }
}

/** A workspace has one replay at a time. */
export class ReplayRunning extends Conflict {
  static override code = 'webhook_replay_running';
  static override title = 'Another replay is running';
  /** @param running the one that is under way */
  constructor(running: { id: string; filter: string; done: number; total: number | null }) {
    const what = running.filter.trim() === '' ? 'of everything' : `of "${running.filter.slice(0, 200)}"`;
    const far = `${running.done} of ${running.total ?? 'those it still counts'} done`;
    super(
      `The replay ${running.id} ${what} is still running (${far}): wait until it is over, or stop it with DELETE …/webhook-replays/${running.id}.`,
      { members: { replayId: running.id } },
    );
  }
}

/** Only what runs can be stopped. */
export class ReplayOver extends Conflict {
  static override code = 'webhook_replay_over';
  static override title = 'Replay is over';
  constructor(state: string) {
    super(`The replay is ${state}: there is nothing to stop.`);
  }
}

/** What a restored backup still had to send waits for an operator. */
export class DeliveryHeld extends Conflict {
  static override code = 'webhook_delivery_held';
  static override title = 'Delivery is held';
  constructor() {
    super('The delivery waits, after a restore, for an operator of the instance to release it.');
  }
}

/** Nothing is sent to an endpoint that is off. */
export class EndpointOff extends Conflict {
  static override code = 'webhook_endpoint_off';
  static override title = 'Webhook endpoint is off';
  constructor(state: string) {
    super(
      state === 'removed'
        ? 'The webhook endpoint was removed: nothing can be sent to it.'
        : 'The webhook endpoint is switched off: switch it on first.',
    );
  }
}
