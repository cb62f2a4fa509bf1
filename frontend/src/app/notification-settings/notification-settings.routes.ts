import type { Routes } from '@angular/router';
import { NotificationSettings } from './notification-settings';
import { PreferenceGrid } from './preferences/preference-grid';

export const routes: Routes = [
  {
    path: '',
    component: NotificationSettings,
    children: [
      { path: '', component: PreferenceGrid },
      {
        path: 'channels',
        loadComponent: () => import('./channels/channel-list').then(({ ChannelList }) => ChannelList),
      },
      { path: 'browsers', loadComponent: () => import('./browsers/browsers').then(({ Browsers }) => Browsers) },
      { path: 'sent', loadComponent: () => import('./sent/sent-list').then(({ SentList }) => SentList) },
      { path: 'mails', loadComponent: () => import('./mails/mail-preview').then(({ MailPreview }) => MailPreview) },
    ],
  },
];
