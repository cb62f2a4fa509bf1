import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { ReauthenticationDialog } from './accounts/reauthentication/reauthentication-dialog';
import { Outbox, Updates } from './offline';
import { ThemeChoice } from './preferences/theme';
import { Reauthentication } from './session';
import { ConfirmDialog } from './ui/confirm';
import { ToastStack } from './ui/toasts';

/** The root: whatever page the address names, and questions and toasts above it. */
@Component({
  selector: 'sb-root',
  imports: [ConfirmDialog, ReauthenticationDialog, RouterOutlet, ToastStack],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <router-outlet /><sb-confirm />
    @defer (when reauthentication.asked()) {
      <sb-reauthentication-dialog />
    }
    <sb-toasts />
  `,
})
export class App {
  protected readonly theme = inject(ThemeChoice);
  protected readonly reauthentication = inject(Reauthentication);

  constructor() {
    inject(Outbox);
    inject(Updates);
  }
}
