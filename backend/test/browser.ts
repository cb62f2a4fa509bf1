// A real browser for specs of what only browsers do.
import { type AddressInfo, createServer } from 'node:net';
import { type Browser, type CDPSession, chromium, type Page } from '@playwright/test';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts Debian's Chromium. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
}

/** Runs a function in a page, given as its text, with one argument. @returns what it resolves to */
export function inPage<T>(page: Page, text: string, argument: object): Promise<T> {
  return page.evaluate<T>(`(${text})(${JSON.stringify(argument)})`);
}

/** A port of this machine that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** An authenticator that Chromium plays by itself (the WebAuthn domain of its DevTools protocol). */
export class VirtualAuthenticator {
  private constructor(
    private readonly session: CDPSession,
    private readonly authenticatorId: string,
  ) {}

  /** Plugs one in. By default it is a phone or laptop with a finger on it: internal, resident keys, person verified. */
  static async plugInto(page: Page, options: object = {}): Promise<VirtualAuthenticator> {
    const session = await page.context().newCDPSession(page);
    await session.send('WebAuthn.enable');
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
        ...options,
      },
    });
    return new VirtualAuthenticator(session, authenticatorId);
  }

  /** Its passkeys, private keys and all. */
  async credentials() {
    const { authenticatorId } = this;
    return (await this.session.send('WebAuthn.getCredentials', { authenticatorId })).credentials;
  }

  /** Puts a passkey on it, as a thief would who copied it. */
  async take(credential: Awaited<ReturnType<VirtualAuthenticator['credentials']>>[number]): Promise<void> {
    const { authenticatorId } = this;
    await this.session.send('WebAuthn.addCredential', { authenticatorId, credential });
  }

  /** Whether the right finger is on it. */
  async verifies(isUserVerified: boolean): Promise<void> {
    const { authenticatorId } = this;
    await this.session.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  }

  /** Unplugs it. */
  async unplug(): Promise<void> {
    const { authenticatorId } = this;
    await this.session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
  }
}
