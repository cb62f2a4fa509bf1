import type { Routes } from '@angular/router';
import { PlanPage } from './plan';

export const routes: Routes = [{ path: '', component: PlanPage }];
