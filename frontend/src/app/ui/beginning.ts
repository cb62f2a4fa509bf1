import { inject, linkedSignal, type Signal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router } from '@angular/router';

/** A dialog that makes something new: opened by a button, or by the address (`?new`). */
export interface Beginning {
  readonly open: Signal<boolean>;
  begin(): void;
  end(): void;
}

/** Call it where `inject` works. @param allowed whether this person may */
export function beginning(allowed: boolean): Beginning {
  const router = inject(Router);
  const params = toSignal(inject(ActivatedRoute).queryParamMap);
  const open = linkedSignal(() => allowed && params()?.has('new') === true);
  return {
    open: open.asReadonly(),
    begin: () => open.set(true),
    end: () => {
      open.set(false);
      if (params()?.has('new') === true)
        void router.navigate([], { queryParams: { new: null }, queryParamsHandling: 'merge', replaceUrl: true });
    },
  };
}
