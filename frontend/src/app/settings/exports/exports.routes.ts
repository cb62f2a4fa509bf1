import type { Routes } from '@angular/router';
import { Exports } from './exports';

export const routes: Routes = [{ path: '', component: Exports }];
