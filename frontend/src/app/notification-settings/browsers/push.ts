import { inject, Injectable } from '@angular/core';
import {
  type Item,
  pushDevicesAdd,
  pushDevicesKey,
  type pushDevicesList,
  pushDevicesRemove,
  Requests,
} from '../../api';

export type Device = Item<typeof pushDevicesList>;
/** Whether this browser can take push messages, and if not, why. */
export type Ability = 'able' | 'insecure' | 'unsupported' | 'no-worker' | 'denied';

const KEY = 'signalbox.push-device';

/** Push messages to this browser: what it can, and which device of the person's list it is. */
@Injectable({ providedIn: 'root' })
export class Push {
  private readonly requests = inject(Requests);

  async ability(): Promise<Ability> {
    if (!isSecureContext) return 'insecure';
    if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window))
      return 'unsupported';
    if (!(await navigator.serviceWorker.getRegistration())) return 'no-worker';
    return Notification.permission === 'denied' ? 'denied' : 'able';
  }

  /** The id of this browser's entry, as long as it is subscribed. */
  async here(): Promise<string | undefined> {
    const registration = 'serviceWorker' in navigator ? await navigator.serviceWorker.getRegistration() : undefined;
    const subscribed =
      registration && 'pushManager' in registration && (await registration.pushManager.getSubscription());
    return subscribed ? (localStorage.getItem(KEY) ?? undefined) : undefined;
  }

  /** Subscribes this browser. @returns undefined where the person did not permit it @throws Problem, or what the browser says */
  async enable(name: string): Promise<Device | undefined> {
    if ((await Notification.requestPermission()) !== 'granted') return undefined;
    const { publicKey } = await this.requests.ask(pushDevicesKey, {});
    const { pushManager } = await navigator.serviceWorker.ready;
    // One that was made with another key of the instance can be used no more.
    await (await pushManager.getSubscription())?.unsubscribe();
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
    const { endpoint, keys } = made.toJSON();
    const { p256dh = '', auth = '' } = keys ?? {};
    const device = await this.requests.ask(pushDevicesAdd, {
      body: { name, endpoint: endpoint ?? '', keys: { p256dh, auth } },
    });
    localStorage.setItem(KEY, device.id);
    return device;
  }

  /** Takes a browser out of the list; this one stops listening, too. @throws Problem */
  async remove(deviceId: string): Promise<void> {
    const here = await this.here();
    await this.requests.ask(pushDevicesRemove, { deviceId });
    if (deviceId !== here) return;
    localStorage.removeItem(KEY);
    const registration = await navigator.serviceWorker.getRegistration();
    await (await registration?.pushManager.getSubscription())?.unsubscribe();
  }
}

/** What to call this browser in a list, such as "Firefox on Linux". */
export function browserName(agent = navigator.userAgent): string {
  const first = (names: readonly (readonly [RegExp, string])[]) => names.find(([sign]) => sign.test(agent))?.[1];
  const browser = first([
    [/Edg\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ]);
  const system = first([
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Windows/, 'Windows'],
    [/Mac OS/, 'macOS'],
    [/Linux|CrOS/, 'Linux'],
  ]);
  if (browser === undefined) return $localize`This browser`;
  return system === undefined ? browser : $localize`${browser}:browser: on ${system}:system:`;
}
