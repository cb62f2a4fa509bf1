import { Forbidden } from '#platform/errors/index.js';

/** It is long ago that the person proved who they are. */
export class ReauthenticationRequired extends Forbidden {
  static override code = 'reauthentication_required';
  static override title = 'Prove again that it is you';

  /** @param methods the ways that this person has, such as `password` */
  constructor(methods: readonly string[]) {
    super(
      'This guards your account: prove again that it is you (POST /api/v1/sessions/current/reauthentication), then repeat it.',
      { members: { methods } },
    );
  }
}

/** The password that a signed-in person gave is not theirs. */
export class WrongPassword extends Forbidden {
  static override code = 'wrong_password';
  static override title = 'Not your password';

  constructor(path = '/body/password') {
    super('This is not your present password.', { errors: [{ path, message: 'is not your present password' }] });
  }
}
