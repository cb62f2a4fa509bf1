import type { Routes } from '@angular/router';
import { SourceList } from './source-list/source-list';

export const routes: Routes = [
  { path: '', component: SourceList },
  {
    path: 'new',
    title: () => $localize`New source`,
    loadComponent: () => import('./source-new/source-new').then(({ SourceNew }) => SourceNew),
  },
  {
    path: ':sourceId',
    title: () => $localize`Source`,
    loadComponent: () => import('./source-detail/source-detail').then(({ SourceDetail }) => SourceDetail),
  },
];
