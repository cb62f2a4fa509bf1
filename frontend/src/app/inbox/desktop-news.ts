import { effect, inject, Injectable, signal, untracked } from '@angular/core';
import { Router } from '@angular/router';
import { ownInboxOne, problemOf, Requests } from '../api';
import { type InboxNews, Live } from '../live/live';

const KEY = 'signalbox.desktop-news';
/** So many at once are told as one. */
const FEW = 3;

/** Notifications of the system for what comes while this window is not looked at; by the person's choice, in this browser alone. */
@Injectable({ providedIn: 'root' })
export class DesktopNews {
  private readonly requests = inject(Requests);
  private readonly router = inject(Router);
  private readonly wanted = signal(localStorage.getItem(KEY) === 'on');
  private readonly permission = signal('Notification' in window ? Notification.permission : 'denied');

  constructor() {
    const live = inject(Live);
    effect(() => {
      const news = live.inbox();
      if (news) untracked(() => void this.tell(news));
    });
  }

  on(): boolean {
    return this.wanted() && this.permission() === 'granted';
  }

  /** Whether the browser refuses. */
  blocked(): boolean {
    return this.permission() === 'denied';
  }

  /** Turns it on, after the browser has asked, or off. */
  async turn(): Promise<void> {
    const on = !this.on();
    if (on && 'Notification' in window) this.permission.set(await Notification.requestPermission());
    this.wanted.set(on);
    localStorage.setItem(KEY, on ? 'on' : 'off');
  }

  private async tell({ notifications }: InboxNews): Promise<void> {
    const arrived = notifications.filter(({ arrived: fresh, readAt }) => fresh && readAt === null);
    if (!this.on() || document.visibilityState === 'visible' || arrived.length === 0) return;
    if (arrived.length > FEW) {
      return this.show($localize`${arrived.length}:count: new notifications`, '', '/inbox', 'many');
    }
    for (const { id } of arrived) {
      const one = await this.requests.ask(ownInboxOne, { notificationId: id }).catch(problemOf);
      if ('id' in one) this.show(one.title ?? one.type, one.summary ?? '', `/inbox/${id}`, id);
    }
  }

  private show(title: string, body: string, link: string, tag: string): void {
    try {
      const shown = new Notification(title, { body, tag, icon: '/signalbox.svg' });
      shown.onclick = () => {
        window.focus();
        void this.router.navigateByUrl(link);
        shown.close();
      };
    } catch (error) {
      // Phones show notifications of service workers alone: there, push messages do this.
      if (!(error instanceof TypeError)) throw error;
    }
  }
}
