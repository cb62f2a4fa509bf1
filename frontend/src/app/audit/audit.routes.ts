import type { Routes } from '@angular/router';
import { AuditTrail } from './audit-trail';

export const routes: Routes = [
  { path: '', component: AuditTrail },
  { path: ':eventId', component: AuditTrail },
];
