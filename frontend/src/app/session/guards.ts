import { inject } from '@angular/core';
import { type CanActivateFn, Router } from '@angular/router';
import { Session } from './session';

/** Lets in who is signed in; others sign in first and come back here. */
export const signedIn: CanActivateFn = async (_route, { url }) => {
  const router = inject(Router);
  if (await inject(Session).open()) return true;
  return router.createUrlTree(['/sign-in'], { queryParams: url === '/' ? {} : { next: url } });
};

/** Sends who is signed in already to where they were going. */
export const signedOut: CanActivateFn = async ({ queryParams }) => {
  const router = inject(Router);
  return (await inject(Session).open()) ? router.parseUrl(String(queryParams['next'] ?? '/')) : true;
};

/** Lets everybody in, once it is known who is signed in. */
export const opened: CanActivateFn = async () => {
  await inject(Session).open();
  return true;
};
