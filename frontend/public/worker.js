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
  event.waitUntil(open(new URL(event.notification.data?.url ?? '/inbox', self.location.origin)));
});

/** In a window that is open already, else in a new one. */
async function open(url) {
  const windows = await self.clients.matchAll({ type: 'window' });
  const ours = url.origin === self.location.origin ? windows[0] : undefined;
  if (!ours) return self.clients.openWindow(url);
  await ours.focus();
  return ours.navigate(url);
}

importScripts('/ngsw-worker.js');
