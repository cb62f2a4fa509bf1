import type { Routes } from '@angular/router';
import { EndpointList } from './endpoints/endpoint-list';
import { EndpointNames } from './endpoints/endpoint-names';
import { EventCatalogue } from './endpoints/event-catalogue';
import { WebhooksFrame } from './webhooks-frame';

export const routes: Routes = [
  {
    path: '',
    providers: [EndpointNames, EventCatalogue],
    children: [
      {
        path: '',
        component: WebhooksFrame,
        children: [
          { path: '', pathMatch: 'full', component: EndpointList },
          {
            path: 'deliveries',
            title: () => $localize`Deliveries`,
            loadComponent: () => import('./deliveries/delivery-list').then(({ DeliveryList }) => DeliveryList),
          },
          {
            path: 'inboxes',
            title: () => $localize`Debugging inboxes`,
            loadComponent: () => import('./inboxes/inbox-list').then(({ InboxList }) => InboxList),
          },
          {
            path: 'incoming',
            title: () => $localize`Incoming hooks`,
            loadComponent: () => import('./incoming/incoming-list').then(({ IncomingList }) => IncomingList),
          },
        ],
      },
      {
        path: 'new',
        title: () => $localize`New endpoint`,
        loadComponent: () => import('./endpoints/endpoint-make').then(({ EndpointMake }) => EndpointMake),
      },
      {
        path: 'deliveries/:deliveryId',
        title: () => $localize`Delivery`,
        loadComponent: () => import('./deliveries/delivery-detail').then(({ DeliveryDetail }) => DeliveryDetail),
      },
      {
        path: 'inboxes/:inboxId',
        title: () => $localize`Debugging inbox`,
        loadComponent: () => import('./inboxes/inbox-detail').then(({ InboxDetail }) => InboxDetail),
      },
      {
        path: 'incoming/:incomingId',
        title: () => $localize`Incoming hook`,
        loadComponent: () => import('./incoming/incoming-detail').then(({ IncomingDetail }) => IncomingDetail),
      },
      {
        path: ':endpointId',
        title: () => $localize`Endpoint`,
        loadComponent: () => import('./endpoints/endpoint-detail').then(({ EndpointDetail }) => EndpointDetail),
      },
      {
        path: ':endpointId/edit',
        title: () => $localize`Edit the endpoint`,
        loadComponent: () => import('./endpoints/endpoint-change').then(({ EndpointChange }) => EndpointChange),
      },
    ],
  },
];
