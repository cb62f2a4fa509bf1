import { ApplicationRef, inject, Injectable, isDevMode } from '@angular/core';
import { problemOf } from '../api/problem';
import { Toasts } from '../ui/toasts';

const HOUR_MS = 3_600_000;

/** Lets the service worker in, and says when it holds a new version of the console. Of Angular's own client this is all that is used. */
@Injectable({ providedIn: 'root' })
export class Updates {
  private readonly toasts = inject(Toasts);

  constructor() {
    if (isDevMode() || !('serviceWorker' in navigator)) return;
    navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<{ type?: string } | null>) => {
      if (data?.type === 'VERSION_READY') this.offer();
      // Files of the version that this window runs are gone, here and on the server.
      if (data?.type === 'UNRECOVERABLE_STATE') location.reload();
    });
    // What the first page needs goes first.
    void inject(ApplicationRef)
      .whenStable()
      .then(() => navigator.serviceWorker.register('/worker.js'))
      .then((registration) => setInterval(() => this.check(registration), HOUR_MS))
      .catch(problemOf); // without it everything works but for the missing network
  }

  private check({ active }: ServiceWorkerRegistration): void {
    active?.postMessage({ action: 'CHECK_FOR_UPDATES', nonce: Date.now() });
  }

  private offer(): void {
    this.toasts.say({
      text: $localize`A new version is ready.`,
      lasting: true,
      action: { label: $localize`Reload`, run: () => location.reload() },
    });
  }
}
