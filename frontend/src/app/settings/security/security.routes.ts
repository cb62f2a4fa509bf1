import type { Routes } from '@angular/router';
import { Security } from './security';

export const routes: Routes = [{ path: '', component: Security }];
