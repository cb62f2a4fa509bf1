import type { Routes } from '@angular/router';
import { WorkspaceSettings } from './workspace-settings';

export const routes: Routes = [{ path: '', component: WorkspaceSettings }];
