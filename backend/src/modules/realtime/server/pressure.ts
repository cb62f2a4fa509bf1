import { Injectable } from '@nestjs/common';
import { RealtimeConfig } from '../realtime.config.js';
import type { LiveSocket } from './live-socket.js';

/** What waits below a socket: packets that its transport has not taken, and bytes that the network has not. */
export interface Waiting {
  readonly writeBuffer: readonly { readonly data?: unknown }[];
  readonly transport: { readonly socket?: { readonly bufferedAmount?: number } };
}

interface Count {
  buffer: Waiting['writeBuffer'];
  packets: number;
  bytes: number;
}

/** How often a socket that waits is looked at in the end, in milliseconds; one that reads is free much sooner. */
const LOOK_MS = 20;

/** How much waits to be sent to each socket: a client that does not read must not grow the server. */
@Injectable()
export class Pressure {
  private readonly counts = new WeakMap<object, Count>();

  constructor(private readonly config: RealtimeConfig) {}

  /** True while more waits for the socket than may: nothing shall be sent that can be left out. */
  full({ conn }: LiveSocket): boolean {
    return this.waiting(conn as unknown as Waiting) > this.config.bufferLimit;
  }

  /** True once a socket that was full has read enough to go on. */
  free({ conn }: LiveSocket): boolean {
    return this.waiting(conn as unknown as Waiting) <= this.config.bufferLimit / 2;
  }

  /** Waits until a socket is free, or gone. */
  async room(socket: LiveSocket): Promise<void> {
    for (let ms = 1; socket.connected && !this.free(socket); ms = Math.min(2 * ms, LOOK_MS))
      await new Promise((resolve) => setTimeout(resolve, ms));
  }

  /** Bytes that wait. Each packet is counted once: the library begins another buffer whenever it hands one on. */
  waiting({ writeBuffer, transport }: Waiting): number {
    const below = transport.socket?.bufferedAmount ?? 0;
    if (writeBuffer.length === 0) return below;
    let count = this.counts.get(transport);
    if (count?.buffer !== writeBuffer)
      this.counts.set(transport, (count = { buffer: writeBuffer, packets: 0, bytes: 0 }));
    for (; count.packets < writeBuffer.length; count.packets++) {
      const sent = writeBuffer[count.packets]?.data;
      count.bytes += typeof sent === 'string' ? sent.length : ((sent as Buffer | undefined)?.byteLength ?? 0);
    }
    return below + count.bytes;
  }
}
