import { Forbidden } from '#platform/errors/index.js';

/** The code of the first owner is wrong, or somebody used it. */
export class SetupCodeRefused extends Forbidden {
  static override code = 'setup_code_refused';
  static override title = 'The setup code does not work';

  constructor() {
    super(
      'This setup code is wrong or was used. The server prints the current one when it starts while nobody owns it.',
    );
  }
}
