import type { Routes } from '@angular/router';
import { DealList } from './deal-list/deal-list';

export const routes: Routes = [
  { path: '', component: DealList },
  {
    path: 'overview',
    title: () => $localize`Deals from above`,
    loadComponent: () => import('./overview/overview').then(({ Overview }) => Overview),
  },
  {
    path: ':dealId',
    title: () => $localize`Deal`,
    loadComponent: () => import('./deal-detail/deal-detail').then(({ DealDetail }) => DealDetail),
  },
];
