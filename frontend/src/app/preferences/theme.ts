import { effect, Injectable, signal } from '@angular/core';

export type Theme = 'system' | 'light' | 'dark';
const KEY = 'signalbox.theme';
const THEMES: readonly string[] = ['system', 'light', 'dark'];

/** Which look the person chose on this device. `color-scheme` is the one switch that every colour follows. */
@Injectable({ providedIn: 'root' })
export class ThemeChoice {
  readonly theme = signal<Theme>(kept());

  constructor() {
    effect(() => {
      const theme = this.theme();
      localStorage.setItem(KEY, theme);
      document.documentElement.style.colorScheme = theme === 'system' ? 'light dark' : theme;
    });
  }

  /** To the next of system, light and dark. */
  turn(): void {
    this.theme.update((theme) => THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] as Theme);
  }
}

function kept(): Theme {
  const theme = localStorage.getItem(KEY) ?? '';
  return THEMES.includes(theme) ? (theme as Theme) : 'system';
}
