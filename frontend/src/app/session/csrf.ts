const NAME = /(?:^|;\s*)(?:__Host-)?signalbox-csrf=([^;]+)/;

/** The token that a renewal by cookie must show; undefined where this browser has no session. */
export function csrfToken(): string | undefined {
  const found = NAME.exec(document.cookie)?.[1];
  return found && decodeURIComponent(found);
}
