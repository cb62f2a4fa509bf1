/**
 * A moment as a person reads it: in their language and time zone, with the zone's name, such as "Tuesday, March 2, 2027 at
 * 06:40 PM GMT+1".
 */
export function personTime(at: Date, { locale, timeZone }: { locale: string; timeZone: string }): string {
  const day = { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' } as const;
  const time = { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const;
  return new Intl.DateTimeFormat(locale, { ...day, ...time, timeZone }).format(at);
}
