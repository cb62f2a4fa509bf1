import {
  lucideBuilding2,
  lucideHeartPulse,
  lucideListTodo,
  lucideMailSearch,
  lucideMailX,
  lucideScrollText,
  lucideUserCog,
} from '@ng-icons/lucide';
import type { Feature } from '../feature';

const routes = () => import('./instance.routes');

/** What operators of the instance see and do: never what is in workspaces. */
export const instance: readonly Feature[] = [
  {
    path: '',
    title: () => $localize`Health`,
    icon: lucideHeartPulse,
    place: 'instance',
    aliases: () => $localize`instance operations readiness version status`,
    routes: () => routes().then(({ health }) => health),
  },
  {
    path: 'jobs',
    title: () => $localize`Jobs`,
    icon: lucideListTodo,
    place: 'instance',
    aliases: () => $localize`queues failed parked retry release`,
    routes: () => routes().then(({ jobs }) => jobs),
  },
  {
    path: 'log',
    title: () => $localize`Event log`,
    icon: lucideScrollText,
    place: 'instance',
    aliases: () => $localize`readers parked events rebuild backlog`,
    routes: () => routes().then(({ log }) => log),
  },
  {
    path: 'mailbox',
    title: () => $localize`Preview mailbox`,
    icon: lucideMailSearch,
    place: 'instance',
    aliases: () => $localize`mails caught outgoing`,
    routes: () => routes().then(({ mailbox }) => mailbox),
  },
  {
    path: 'suppressed-addresses',
    title: () => $localize`Suppressed`,
    icon: lucideMailX,
    place: 'instance',
    aliases: () => $localize`bounces complaints mail`,
    routes: () => routes().then(({ suppressed }) => suppressed),
  },
  {
    path: 'workspaces',
    title: () => $localize`Workspaces`,
    icon: lucideBuilding2,
    place: 'instance',
    aliases: () => $localize`suspend plan quota usage tenants`,
    routes: () => routes().then(({ workspaces }) => workspaces),
  },
  {
    path: 'operators',
    title: () => $localize`Operators`,
    icon: lucideUserCog,
    place: 'instance',
    aliases: () => $localize`grant revoke factor reset sign out`,
    routes: () => routes().then(({ operators }) => operators),
  },
];
