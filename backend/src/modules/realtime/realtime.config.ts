import { Config, configClass, setting, whole } from '#platform/config/index.js';

const KILOBYTE = 1024;

/** What sockets may do. Numbers of sockets are those of one process. */
@Config
export class RealtimeConfig extends configClass('realtime', {
  perPerson: setting(
    'SIGNALBOX_SOCKETS_PER_PERSON',
    whole(50, 1, 10_000),
    'Sockets that one person, with their API keys, or one service account may have open in a process.',
  ),
  perAddress: setting(
    'SIGNALBOX_SOCKETS_PER_ADDRESS',
    whole(1000, 1, 1_000_000),
    'Sockets that one address may have open in a process; an IPv6 network of 64 bits is one.',
  ),
  rate: setting('SIGNALBOX_RATE_SOCKET', whole(240, 1, 10_000_000), 'Sockets a minute that one address may open.'),
  handshakeMs: setting(
    'SIGNALBOX_SOCKET_HANDSHAKE_MS',
    whole(10_000, 100, 120_000),
    'A socket that has not shown its credentials after this long is ended.',
  ),
  messageKilobytes: setting(
    'SIGNALBOX_SOCKET_MESSAGE_KB',
    whole(64, 1, 1024),
    'The largest message that a socket may send, in kilobytes.',
  ),
  messagesPerSecond: setting(
    'SIGNALBOX_SOCKET_MESSAGES',
    whole(20, 1, 10_000),
    'Messages a second that a socket may send; five times as many at once.',
  ),
  heartbeatMs: setting(
    'SIGNALBOX_SOCKET_HEARTBEAT_MS',
    whole(15_000, 100, 300_000),
    'How often sockets are told where the log stands.',
  ),
  watches: setting('SIGNALBOX_SOCKET_WATCHES', whole(50, 1, 10_000), 'Watches that one socket may have.'),
  pages: setting(
    'SIGNALBOX_SOCKET_PAGES',
    whole(20, 1, 1000),
    'Pages that one socket may say that its person looks at.',
  ),
  presenceSeconds: setting(
    'SIGNALBOX_PRESENCE_SECONDS',
    whole(30, 1, 3600),
    'After so many seconds people are gone whose process died without saying so.',
  ),
  replay: setting(
    'SIGNALBOX_SOCKET_REPLAY',
    whole(100_000, 0, 10_000_000),
    'Positions of the log that a watch may be behind and still get what it missed; beyond them it is told to begin anew.',
  ),
  replayRate: setting(
    'SIGNALBOX_RATE_SOCKET_REPLAY',
    whole(300, 1, 10_000_000),
    'Watches a minute that one person or service account may have replayed.',
  ),
  bufferKilobytes: setting(
    'SIGNALBOX_SOCKET_BUFFER_KB',
    whole(1024, 16, 1_048_576),
    'What may wait to be sent to one socket, in kilobytes; events beyond that are skipped, and the socket is told which.',
  ),
}) {
  /** The largest message in bytes. */
  get messageLimit(): number {
    return this.messageKilobytes * KILOBYTE;
  }

  /** What may wait for one socket in bytes. */
  get bufferLimit(): number {
    return this.bufferKilobytes * KILOBYTE;
  }
}
