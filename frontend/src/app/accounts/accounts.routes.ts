import type { Routes } from '@angular/router';
import { AccountFrame } from './account-frame';

export const routes: Routes = [
  {
    path: '',
    component: AccountFrame,
    children: [
      {
        path: 'sign-in',
        title: () => $localize`Sign in`,
        loadComponent: () => import('./sign-in/sign-in').then(({ SignIn }) => SignIn),
      },
      {
        path: 'setup',
        title: () => $localize`Set up`,
        loadComponent: () => import('./setup/setup').then(({ Setup }) => Setup),
      },
    ],
  },
];
