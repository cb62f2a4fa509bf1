import type { Routes } from '@angular/router';
import { SubscriptionList } from './subscription-list/subscription-list';

const builder = () => import('./builder/builder').then(({ Builder }) => Builder);

export const routes: Routes = [
  { path: '', component: SubscriptionList },
  { path: 'new', title: () => $localize`New subscription`, loadComponent: builder },
  {
    path: ':subscriptionId',
    loadComponent: () =>
      import('./subscription-detail/subscription-detail').then(({ SubscriptionDetail }) => SubscriptionDetail),
  },
  { path: ':subscriptionId/edit', title: () => $localize`Edit subscription`, loadComponent: builder },
];
