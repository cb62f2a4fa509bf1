import { Conflict } from '#platform/errors/index.js';

/** The instance would be left without an operator. */
export class OnlyOperator extends Conflict {
  static override code = 'only_operator';
  static override title = 'The instance needs an operator';

  constructor() {
    super('This is the only operator of the instance: make somebody else one first.');
  }
}

/** This account cannot become an operator as things are; the sentence says why. */
export class CannotOperate extends Conflict {
  static override code = 'cannot_operate';
  static override title = 'This person cannot become an operator';
}

/** Operators do not take their own second factors away like that: whoever holds their session could. */
export class OwnSecondFactors extends Conflict {
  static override code = 'own_second_factors';
  static override title = 'This is you';

  constructor() {
    super('You cannot reset your own second factors: remove them in your settings, or ask another operator.');
  }
}

/** Only operators are let in again by the command of the machine; the sentence says why this account is not. */
export class CannotRecover extends Conflict {
  static override code = 'cannot_recover';
  static override title = 'This account cannot be recovered';
}
