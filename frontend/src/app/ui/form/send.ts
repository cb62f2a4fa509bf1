import { signal, type WritableSignal } from '@angular/core';
import { type FieldTree, submit, type ValidationError } from '@angular/forms/signals';
import { memberOf, type Problem, problemOf } from '../../api/problem';

/** What a form's page keeps of its last attempt. */
export interface Sending {
  /** What was refused and belongs to no field; undefined while nothing was. */
  readonly problem: WritableSignal<Problem | undefined>;
}

export const sending = (): Sending => ({ problem: signal(undefined) });

/**
 * Sends a form: its own checks first, then the server's. What the server says of a field comes to stand beside it, all else into
 * `into.problem`. What was typed stays.
 *
 * @param work sends it @throws Problem
 * @returns whether it was taken
 */
export async function send<T extends object>(
  form: FieldTree<T>,
  into: Sending,
  work: (value: T) => Promise<unknown>,
): Promise<boolean> {
  into.problem.set(undefined);
  let refused = false;
  const valid = await submit<T>(form, {
    action: async () => {
      try {
        await work(form().value());
        return undefined;
      } catch (error) {
        const problem = problemOf(error);
        const beside = fieldErrors(form, problem);
        if (beside.length > 0) return beside;
        // No error of the form itself: it would stay until something is typed, and the same could not be sent again.
        refused = true;
        into.problem.set(problem);
        return undefined;
      }
    },
  });
  const sent = valid && !refused;
  if (!sent) focusFirstWrong(form);
  return sent;
}

function fieldErrors<T>(form: FieldTree<T>, problem: Problem): ValidationError.WithOptionalFieldTree[] {
  const fields = form as unknown as Record<string, FieldTree<unknown> | undefined>;
  return problem.fields.flatMap((one) => {
    const name = memberOf(one);
    // Not by `in`: the tree of fields is a proxy that does not answer it.
    const fieldTree = name === undefined ? undefined : fields[name];
    return fieldTree ? [{ kind: 'server', message: one.message, fieldTree }] : [];
  });
}

/** Whoever sent a form with a fault goes on writing where the first one is. */
function focusFirstWrong<T>(form: FieldTree<T>): void {
  form().errorSummary()[0]?.fieldTree?.().focusBoundControl();
}
