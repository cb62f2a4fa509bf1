import type { Routes } from '@angular/router';
import { InboxPage } from './inbox';

export const routes: Routes = [
  { path: '', component: InboxPage },
  { path: ':notificationId', component: InboxPage },
];
