import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { ThemeChoice } from './preferences/theme';
import { ConfirmDialog, ToastStack } from './ui';

/** The root: whatever page the address names, and questions and toasts above it. */
@Component({
  selector: 'sb-root',
  imports: [ConfirmDialog, RouterOutlet, ToastStack],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<router-outlet /><sb-confirm /><sb-toasts />`,
})
export class App {
  protected readonly theme = inject(ThemeChoice);
}
