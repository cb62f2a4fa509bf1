import type { Routes } from '@angular/router';
import { Sessions } from './sessions';

export const routes: Routes = [{ path: '', component: Sessions }];
