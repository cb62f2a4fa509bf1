import type { Moment } from '../leaves.js';
import type { Subject } from '../read.js';

/** Answers are remembered with the number of their event; before it would not fit any more, everything forgets. */
const LAST_EPOCH = 2 ** 28;

/** The event that is being asked about. Each has a number of its own, by which remembered answers know that they are old. */
export class Asked {
  subject: Subject = {};
  moment: Moment = { now: 0 };
  epoch = 0;
  /** Look-ups in the index and candidates answered, for all events so far. */
  steps = 0;
  candidates = 0;

  /** @returns whether the numbers start over, so that everything remembered must be forgotten */
  begin(subject: Subject, moment: Moment): boolean {
    this.subject = subject;
    this.moment = moment;
    const over = this.epoch >= LAST_EPOCH;
    this.epoch = over ? 1 : this.epoch + 1;
    return over;
  }

  /** Lets the event go. */
  end(): void {
    this.subject = {};
  }
}
