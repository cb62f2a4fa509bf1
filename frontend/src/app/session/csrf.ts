const NAME = /(?:^|;\s*)(?:__Host-)?signalbox-csrf=([^;]+)/;

/** The token that a renewal by cookie must show; undefined where this browser has no session. */
export function csrfToken(): string | undefined {
  const found = NAME.exec(document.cookie)?.[1];
  return found && decodeURIComponent(found);
}

/** Forgets it, and with it the session as far as this browser can take it up again. */
export function dropCsrf(): void {
  for (const name of ['__Host-signalbox-csrf', 'signalbox-csrf'])
    document.cookie = `${name}=; Path=/; Max-Age=0; SameSite=Strict${location.protocol === 'https:' ? '; Secure' : ''}`;
}
