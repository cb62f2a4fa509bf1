/** The calendar month (UTC) of an instant by its first day: `2026-11-01`. */
export function monthOf(at: Date): string {
  return `${at.toISOString().slice(0, 7)}-01`;
}

/** When the month after it begins. */
export function nextMonth(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1));
}

/** The present month by its first day, for those who ask at every request. */
export class CurrentMonth {
  private month = '';
  private ends = 0;

  now(at = Date.now()): string {
    if (at >= this.ends || this.month === '') {
      const date = new Date(at);
      this.month = monthOf(date);
      this.ends = nextMonth(date).getTime();
    }
    return this.month;
  }
}
