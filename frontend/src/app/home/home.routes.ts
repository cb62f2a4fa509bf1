import type { Routes } from '@angular/router';
import { HomePage } from './home';

export const routes: Routes = [{ path: '', component: HomePage }];
