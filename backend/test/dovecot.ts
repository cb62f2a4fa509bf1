// A real IMAP server for specs: Debian's Dovecot 2.3, as the present user, on a port and in a folder of its own.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer, connect, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const BINARY = '/usr/sbin/dovecot';

/** A running IMAP server with any number of mailboxes; every user's password is `secret-<user>`. */
export interface Dovecot {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** The password of a user, whose mailbox comes into being with the first sign-in. */
  password(user: string): string;
  /** From now on the user may sign in with these access tokens, and with no others. */
  acceptTokens(user: string, ...tokens: string[]): void;
  /** Puts a message into a user's INBOX as a delivery agent does: written aside, then renamed. */
  deliver(user: string, raw: string | Buffer, receivedAt?: Date): void;
  /** Makes Dovecot number the user's INBOX anew: another UIDVALIDITY, as after a restored backup. */
  renumber(user: string): void;
  /** The names of the files in a user's INBOX: new ones, and those in `cur` whose flags stand behind `:2,`. */
  files(user: string): string[];
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops it and removes everything. */
  dispose(): Promise<void>;
}

/** @throws Error with one sentence when Dovecot is not installed */
export async function startDovecot(): Promise<Dovecot> {
  if (!existsSync(BINARY)) throw new Error('Dovecot is missing: install the Debian package dovecot-imapd.');
  const dir = mkdtempSync(join(tmpdir(), 'signalbox-dovecot-'));
  chmodSync(dir, 0o755);
  const port = await freePort();
  const owner = ownerOf();
  const tokens = new Map<string, string[]>();
  const introspection = await introspect(tokens);
  for (const folder of ['mail', 'index']) mkdirSync(join(dir, folder));
  writeFileSync(join(dir, 'dovecot.conf'), configuration(dir, port, owner));
  writeFileSync(join(dir, 'oauth2.conf'), oauthConfiguration(introspection));
  const own = (path: string) => {
    if (owner.chown) execFileSync('chown', ['-R', `${owner.user}:${owner.group}`, path]);
  };
  for (const folder of ['mail', 'index']) own(join(dir, folder));
  let server: ChildProcess | undefined;
  const inbox = (user: string) => join(dir, 'mail', user);

  const start = async () => {
    server = spawn(BINARY, ['-F', '-c', join(dir, 'dovecot.conf')], { stdio: 'ignore' });
    await listening(port, server);
  };
  const stop = async () => {
    const stopping = server;
    server = undefined;
    if (!stopping || stopping.exitCode !== null) return;
    const ended = new Promise((done) => stopping.once('exit', done));
    stopping.kill('SIGTERM');
    await ended;
  };
  await start();

  return {
    host: '127.0.0.1',
    port,
    password: (user) => `secret-${user}`,
    acceptTokens: (user, ...accepted) => void tokens.set(user, accepted),
    deliver: (user, raw, receivedAt = new Date()) => {
      for (const folder of ['tmp', 'new', 'cur']) mkdirSync(join(inbox(user), folder), { recursive: true });
      const name = `${Math.floor(receivedAt.getTime() / 1000)}.${randomBytes(8).toString('hex')}.spec`;
      const aside = join(inbox(user), 'tmp', name);
      writeFileSync(aside, raw);
      utimesSync(aside, receivedAt, receivedAt);
      own(inbox(user));
      renameSync(aside, join(inbox(user), 'new', name));
    },
    renumber: (user) => {
      for (const file of ['dovecot-uidlist', 'dovecot-uidvalidity']) rmSync(join(inbox(user), file), { force: true });
      rmSync(join(dir, 'index', user), { recursive: true, force: true });
    },
    files: (user) => ['new', 'cur'].flatMap((folder) => readdirSync(join(inbox(user), folder))),
    start,
    stop,
    dispose: async () => {
      await stop();
      introspection.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

interface Owner {
  user: string;
  group: string;
  /** True when the present user is root: Dovecot serves no mail as root, so another user owns it. */
  chown: boolean;
}

function ownerOf(): Owner {
  const { uid, username } = userInfo();
  if (uid === 0) return { user: 'mail', group: 'mail', chown: true };
  return { user: username, group: execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim(), chown: false };
}

function configuration(dir: string, port: number, owner: Owner): string {
  const process = owner.chown ? 'dovenull' : owner.user;
  const internal = owner.chown ? 'dovecot' : owner.user;
  return `
base_dir = ${dir}/run
state_dir = ${dir}/state
log_path = ${dir}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = ${internal}
default_internal_group = ${owner.chown ? 'dovecot' : owner.group}
default_login_user = ${process}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:${dir}/mail/%u:INDEX=${dir}/index/%u
mail_uid = ${owner.user}
mail_gid = ${owner.group}
mailbox_list_index = no
auth_mechanisms = plain login oauthbearer xoauth2
auth_failure_delay = 0
auth_cache_size = 0
passdb {
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = ${dir}/oauth2.conf
}
passdb {
  driver = static
  args = password=secret-%u
}
userdb {
  driver = static
  args = uid=${owner.user} gid=${owner.group} home=${dir}/mail/%u
}
namespace inbox {
  inbox = yes
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
  ${owner.chown ? '' : 'chroot ='}
}
service anvil {
  # No growing pause after wrong passwords.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
  ${owner.chown ? '' : 'chroot ='}
}
service stats {
  ${owner.chown ? '' : 'chroot ='}
}
service imap {
  process_limit = 50
}
`;
}

function oauthConfiguration(introspection: Server): string {
  const { port } = introspection.address() as AddressInfo;
  return `
introspection_url = http://127.0.0.1:${port}/?token=
introspection_mode = get
force_introspection = yes
username_attribute = user
active_attribute = active
active_value = true
`;
}

/** What Dovecot asks about each token (RFC 7662, in short). */
async function introspect(tokens: ReadonlyMap<string, readonly string[]>): Promise<Server> {
  const server = createHttpServer((request, response) => {
    const token = new URL(request.url ?? '/', 'http://dovecot').searchParams.get('token') ?? '';
    const user = [...tokens].find(([, accepted]) => accepted.includes(token))?.[0];
    response
      .setHeader('content-type', 'application/json')
      .end(JSON.stringify(user === undefined ? { active: false } : { active: true, user }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

async function listening(port: number, server: ChildProcess): Promise<void> {
  for (;;) {
    if (server.exitCode !== null) throw new Error(`Dovecot ended with code ${server.exitCode}; see its log.`);
    const answered = await new Promise<boolean>((settle) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        settle(true);
      }).once('error', () => settle(false));
    });
    if (answered) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
