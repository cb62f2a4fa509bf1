import type { Route, Routes } from '@angular/router';
import type { Place } from './feature';
import { features } from './features';
import { closedWorkspace, insideWorkspace, signedIn, toWorkspace } from './session';

const of = (...places: Place[]): Route[] =>
  features
    .filter(({ place }) => places.includes(place))
    .map(({ path, title, routes }) => ({ path, title, loadChildren: routes }));

const accounts = () => import('./accounts/accounts.routes').then(({ routes }) => routes);

export const routes: Routes = [
  {
    path: '',
    canActivate: [signedIn],
    loadComponent: () => import('./shell/shell').then(({ Shell }) => Shell),
    children: [
      { path: '', pathMatch: 'full', canActivate: [toWorkspace], children: [] },
      {
        path: 'workspaces/:workspaceId',
        canMatch: [closedWorkspace],
        canActivate: [insideWorkspace],
        children: [
          {
            path: '**',
            title: () => $localize`Closed`,
            loadComponent: () => import('./accounts/closed-workspace').then(({ ClosedWorkspace }) => ClosedWorkspace),
          },
        ],
      },
      { path: 'workspaces/:workspaceId', canActivate: [insideWorkspace], children: of('work', 'workspace') },
      ...of('person'),
      { path: 'settings', children: of('settings') },
      { path: 'instance', children: of('instance') },
    ],
  },
  { path: '', loadChildren: accounts },
  {
    path: '**',
    title: () => $localize`Not found`,
    loadComponent: () => import('./shell/not-found').then(({ NotFound }) => NotFound),
  },
];
