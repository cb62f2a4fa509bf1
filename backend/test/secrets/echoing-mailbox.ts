import { createServer, type AddressInfo, type Server } from 'node:net';

/** An IMAP server that refuses every sign-in and repeats what it was told in its refusal, as careless ones do. */
export class EchoingMailbox {
  /** What it was told. */
  said = '';

  private constructor(private readonly server: Server) {
    server.on('connection', (socket) => {
      socket.on('error', () => undefined);
      socket.setEncoding('utf8').write('* OK IMAP4rev1 ready\r\n');
      socket.on('data', (text: string) => {
        this.said += text;
        for (const line of text.split('\r\n').filter(Boolean)) {
          const [tag, command = ''] = line.split(' ');
          if (command.toUpperCase() === 'CAPABILITY') socket.write('* CAPABILITY IMAP4rev1\r\n');
          const refused = command.toUpperCase() === 'LOGIN';
          socket.write(`${tag} ${refused ? `NO [AUTHENTICATIONFAILED] ${line} is wrong` : 'OK done'}\r\n`);
        }
      });
    });
  }

  static async start(): Promise<EchoingMailbox> {
    const server = createServer();
    const mailbox = new EchoingMailbox(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return mailbox;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise((closed) => this.server.close(() => closed()));
  }
}
