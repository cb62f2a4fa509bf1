import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy whose connections can go dead without a sign, as behind a firewall that forgets them. */
export interface SilentProxy {
  readonly port: number;
  /** From now on nothing passes on the connections that are open; nobody is told. New ones work. */
  goSilent(): void;
  /** How many connections there have been. */
  connections(): number;
  close(): Promise<void>;
}

/** Starts a proxy to a port of this machine. */
export async function silentProxy(target: number): Promise<SilentProxy> {
  const pairs = new Set<{ sockets: [Socket, Socket]; silent: boolean }>();
  let count = 0;
  const server = createServer((client) => {
    count++;
    const upstream = connect(target, '127.0.0.1');
    const pair = { sockets: [client, upstream] as [Socket, Socket], silent: false };
    pairs.add(pair);
    const pass = (from: Socket, to: Socket) => {
      from.on('data', (bytes) => void (!pair.silent && to.write(bytes)));
      from.on('error', () => undefined);
      from.on('close', () => void (!pair.silent && to.destroy()));
    };
    pass(client, upstream);
    pass(upstream, client);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    goSilent: () => pairs.forEach((pair) => (pair.silent = true)),
    connections: () => count,
    close: async () => {
      for (const { sockets } of pairs) sockets.forEach((socket) => socket.destroy());
      await new Promise((done) => server.close(done));
    },
  };
}
