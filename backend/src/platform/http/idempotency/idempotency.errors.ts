import { Conflict, Unprocessable } from '#platform/errors/index.js';

/** The first request with this key is not answered yet. */
export class RequestRunning extends Conflict {
  static override code = 'idempotency_running';
  static override title = 'Still running';
}

/** The key was used for another request. */
export class KeyReused extends Unprocessable {
  static override code = 'idempotency_key_reused';
  static override title = 'Key was used for another request';
}

/** The first request was carried out, but its answer was lost when the process died. */
export class AnswerLost extends Conflict {
  static override code = 'idempotency_answer_lost';
  static override title = 'Done, but the answer is lost';
}

/** The first request was carried out, and its answer held a secret that is shown once. */
export class SecretShownOnce extends Conflict {
  static override code = 'idempotency_secret_shown_once';
  static override title = 'Done, and the secret was shown once';
}
