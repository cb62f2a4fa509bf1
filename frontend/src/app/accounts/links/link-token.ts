import { inject, Injectable, signal } from '@angular/core';
import { type CanActivateFn, RedirectCommand, Router } from '@angular/router';

/**
 * Secrets of mailed links, from behind the `#` of their address, which browsers send to nobody. They are kept in the memory of
 * this page alone.
 */
@Injectable({ providedIn: 'root' })
export class LinkTokens {
  private readonly tokens = signal<Readonly<Record<string, string | undefined>>>({});

  /** @param url of the page that it was brought to, such as `/verify-email` */
  keep(url: string, token: string): void {
    this.tokens.update((all) => ({ ...all, [pathOf(url)]: token }));
  }

  of(url: string): string | undefined {
    return this.tokens()[pathOf(url)];
  }

  /** One that was used, or does not work. */
  forget(url: string): void {
    this.tokens.update((all) => ({ ...all, [pathOf(url)]: undefined }));
  }
}

const pathOf = (url: string): string => url.split(/[?#]/, 1)[0] ?? '';

/**
 * Takes the token out of the address before the page opens: not into the history, nor into a copied address. Routes run it always,
 * for a link that is opened where its page is open already.
 */
export const takesToken: CanActivateFn = ({ fragment }, { url }) => {
  const token = new URLSearchParams(fragment ?? '').get('token');
  if (!token) return true;
  inject(LinkTokens).keep(url, token);
  return new RedirectCommand(inject(Router).parseUrl(pathOf(url)), {
    replaceUrl: true,
    onSameUrlNavigation: 'reload',
  });
};
