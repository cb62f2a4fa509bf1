import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterOutlet } from '@angular/router';

/** Around every page of somebody who is not signed in. */
@Component({
  selector: 'sb-account-frame',
  imports: [RouterOutlet],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="grid min-h-dvh place-items-center px-4 py-10">
      <main class="w-full max-w-[400px]">
        <p class="m-0 mb-6 flex items-center justify-center gap-2.5 text-base font-semibold">
          <img src="/signalbox.svg" alt="" width="32" height="32" />Signalbox
        </p>
        <div class="panel p-6 sm:p-8"><router-outlet /></div>
      </main>
    </div>
  `,
})
export class AccountFrame {}
