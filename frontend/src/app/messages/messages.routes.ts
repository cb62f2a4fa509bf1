import type { Routes } from '@angular/router';
import { MessageList } from './message-list/message-list';

export const routes: Routes = [
  { path: '', component: MessageList },
  {
    path: ':messageId',
    title: () => $localize`Message`,
    loadComponent: () => import('./message-detail/message-detail').then(({ MessageDetail }) => MessageDetail),
  },
];
