import type { Route, Routes } from '@angular/router';
import { opened, signedIn, signedOut } from '../session';
import { AccountFrame } from './account-frame';
import { takesToken } from './links/link-token';
import type { LinkWords } from './links/mailed-link';
import { confirmEmailChange, undoEmailChange, unlockSignIn, verifyEmail } from './links/mailed-links';

const mailed = (path: string, title: () => string, link: () => LinkWords): Route => ({
  path,
  title,
  data: { link },
  runGuardsAndResolvers: 'always',
  canActivate: [takesToken, opened],
  loadComponent: () => import('./links/mailed-link').then(({ MailedLink }) => MailedLink),
});

export const routes: Routes = [
  {
    path: '',
    component: AccountFrame,
    children: [
      {
        path: 'sign-in',
        pathMatch: 'full',
        title: () => $localize`Sign in`,
        canActivate: [signedOut],
        loadComponent: () => import('./sign-in/sign-in').then(({ SignIn }) => SignIn),
      },
      {
        path: 'sign-in/callback/:providerId',
        title: () => $localize`Sign in`,
        canActivate: [opened],
        loadComponent: () => import('./sign-in/sign-in-callback').then(({ SignInCallback }) => SignInCallback),
      },
      {
        path: 'sign-up',
        title: () => $localize`Sign up`,
        canActivate: [signedOut],
        loadComponent: () => import('./sign-up/sign-up').then(({ SignUp }) => SignUp),
      },
      {
        path: 'setup',
        title: () => $localize`Set up`,
        canActivate: [signedOut],
        loadComponent: () => import('./setup/setup').then(({ Setup }) => Setup),
      },
      {
        path: 'reset-password',
        title: () => $localize`Reset the password`,
        runGuardsAndResolvers: 'always',
        canActivate: [takesToken],
        loadComponent: () => import('./links/reset-password').then(({ ResetPassword }) => ResetPassword),
      },
      {
        path: 'invitation',
        title: () => $localize`Invitation`,
        runGuardsAndResolvers: 'always',
        canActivate: [takesToken, opened],
        loadComponent: () => import('./invitation/invitation').then(({ Invitation }) => Invitation),
      },
      mailed('verify-email', () => $localize`Confirm your address`, verifyEmail),
      mailed('unlock-sign-in', () => $localize`Sign in at once`, unlockSignIn),
      mailed('confirm-email-change', () => $localize`Change of address`, confirmEmailChange),
      mailed('undo-email-change', () => $localize`Change of address`, undoEmailChange),
      {
        path: 'welcome',
        title: () => $localize`Welcome`,
        canActivate: [signedIn],
        loadComponent: () => import('./welcome/welcome').then(({ Welcome }) => Welcome),
      },
    ],
  },
];
