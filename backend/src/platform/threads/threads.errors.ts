/** A task took longer than it may, or used up the thread's memory; the thread was stopped. */
export class ThreadTimeout extends Error {
  override readonly name = 'ThreadTimeout';
}

/** The thread's code refused its input; the thread lives on. */
export class TaskFailed extends Error {
  override readonly name = 'TaskFailed';
}

/** So many tasks wait for a thread that no further one is taken. */
export class ThreadsBusy extends Error {
  override readonly name = 'ThreadsBusy';
}
