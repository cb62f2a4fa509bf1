import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';
import { ThemeChoice } from './preferences/theme';
import { ToastStack } from './ui';

/** The root: whatever page the address names, and the toasts above it. */
@Component({
  selector: 'sb-root',
  imports: [RouterOutlet, ToastStack],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<router-outlet /><sb-toasts />`,
})
export class App {
  protected readonly theme = inject(ThemeChoice);
}
