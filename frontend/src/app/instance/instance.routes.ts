import type { Routes } from '@angular/router';

export const health: Routes = [
  { path: '', pathMatch: 'full', loadComponent: () => import('./health/health').then(({ Health }) => Health) },
];
export const jobs: Routes = [
  { path: '', loadComponent: () => import('./jobs/job-list').then(({ JobList }) => JobList) },
];
export const log: Routes = [
  { path: '', loadComponent: () => import('./log/event-log').then(({ EventLog }) => EventLog) },
];
export const mailbox: Routes = [
  { path: '', loadComponent: () => import('./mailbox/mailbox').then(({ Mailbox }) => Mailbox) },
  { path: ':mailId', loadComponent: () => import('./mailbox/mailbox').then(({ Mailbox }) => Mailbox) },
];
export const suppressed: Routes = [
  {
    path: '',
    loadComponent: () => import('./suppressed/suppressed-list').then(({ SuppressedList }) => SuppressedList),
  },
];
export const workspaces: Routes = [
  {
    path: '',
    loadComponent: () => import('./workspaces/workspace-list').then(({ WorkspaceList }) => WorkspaceList),
  },
];
export const operators: Routes = [
  { path: '', loadComponent: () => import('./operators/operators').then(({ Operators }) => Operators) },
];
