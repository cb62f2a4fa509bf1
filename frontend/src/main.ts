import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './app/app';
import { appConfig } from './app/app.config';
import { loadLanguage } from './app/preferences/language';

// The words must be there before the first template is made.
loadLanguage()
  .then((language) => bootstrapApplication(App, appConfig(language)))
  .catch((error: unknown) => console.error(error));
