import type { Routes } from '@angular/router';
import { KeyList } from './key-list/key-list';
import { KeysPage } from './keys';
import { AccountList } from './service-accounts/account-list';

export const routes: Routes = [
  {
    path: '',
    component: KeysPage,
    children: [
      { path: '', component: KeyList },
      { path: 'service-accounts', title: () => $localize`Service accounts`, component: AccountList },
    ],
  },
];
