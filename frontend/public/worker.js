// The service worker: what push messages show, and Angular's, which keeps the console for when there is no network.
// The payload is that of notifications/channels/push/push-payload.ts; Angular's worker shows nothing for it.
self.addEventListener('push', (event) => {
  const message = event.data?.json();
  if (!message?.title) return;
  const { title, body, url, tag } = message;
  const icon = '/signalbox-192.png';
  event.waitUntil(self.registration.showNotification(title, { body, tag, icon, badge: icon, data: { url } }));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url ?? '/inbox'));
});

/** In the window that shows it already, else in a new one: what is typed in another stays. Only pages of ours. */
async function open(link) {
  const asked = new URL(link, self.location.origin);
  const { href } = asked.origin === self.location.origin ? asked : new URL('/inbox', self.location.origin);
  const windows = await self.clients.matchAll({ type: 'window' });
  const there = windows.find(({ url }) => url === href);
  return there ? there.focus() : self.clients.openWindow(href);
}

importScripts('/ngsw-worker.js');
