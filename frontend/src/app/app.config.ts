import { APP_BASE_HREF } from '@angular/common';
import { provideHttpClient, withFetch, withInterceptors } from '@angular/common/http';
import { type ApplicationConfig, LOCALE_ID, provideBrowserGlobalErrorListeners } from '@angular/core';
import {
  type NavigationError,
  provideRouter,
  RouteReuseStrategy,
  TitleStrategy,
  withComponentInputBinding,
  withInMemoryScrolling,
  withNavigationErrorHandler,
  withRouterConfig,
  withViewTransitions,
} from '@angular/router';
import { ApiConfiguration } from './api/generated/api-configuration';
import { routes } from './app.routes';
import type { Language } from './preferences/language';
import { lastSeen, outbox, pastWorker } from './offline';
import { bearer, reauthenticating, ReuseInWorkspace } from './session';
import { PageTitle } from './shell/page-title';

const RELOADED = 'signalbox.reloaded';

/** An old window asks for files that a new version of the server has no more: it is loaded anew, once. */
function freshAfterDeployment({ error, url }: NavigationError): void {
  const gone = error instanceof TypeError && /import|module/i.test(error.message);
  if (!gone || sessionStorage.getItem(RELOADED) === url) return;
  sessionStorage.setItem(RELOADED, url);
  location.assign(url);
}

/** What the whole console is made with. */
export function appConfig(language: Language): ApplicationConfig {
  return {
    providers: [
      provideBrowserGlobalErrorListeners(),
      provideRouter(
        routes,
        withComponentInputBinding(),
        withRouterConfig({ paramsInheritanceStrategy: 'always' }),
        withInMemoryScrolling({ scrollPositionRestoration: 'enabled', anchorScrolling: 'enabled' }),
        withViewTransitions({ skipInitialTransition: true }),
        withNavigationErrorHandler(freshAfterDeployment),
      ),
      provideHttpClient(withFetch(), withInterceptors([outbox, lastSeen, reauthenticating, bearer, pastWorker])),
      // No <base> in the page: the content policy allows none.
      { provide: APP_BASE_HREF, useValue: '/' },
      { provide: LOCALE_ID, useValue: language },
      { provide: ApiConfiguration, useValue: { rootUrl: '' } },
      { provide: RouteReuseStrategy, useExisting: ReuseInWorkspace },
      { provide: TitleStrategy, useClass: PageTitle },
    ],
  };
}
