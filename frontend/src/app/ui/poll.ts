import { DestroyRef, inject } from '@angular/core';

/**
 * Does something again and again while the page is looked at, until the caller is destroyed: for what the log tells nothing of.
 * A turn that takes long delays the next one. Call it where `inject` works.
 *
 * @param milliseconds between the end of one turn and the next
 */
export function poll(milliseconds: number, turn: () => Promise<unknown>): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  const next = () => {
    if (!over)
      timer = setTimeout(
        () => void (document.visibilityState === 'visible' ? turn() : Promise.resolve()).finally(next),
        milliseconds,
      );
  };
  next();
  inject(DestroyRef).onDestroy(() => {
    over = true;
    clearTimeout(timer);
  });
}
