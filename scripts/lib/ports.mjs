// Finds out before anything is started whether the ports are free.
import { createServer } from 'node:net';
import { Fault } from './fault.mjs';

/**
 * @param {{variable: string, fallback: number, what: string}} port
 * @throws {Fault} when another program listens there or the port is not ours to take
 */
export async function checkPort({ variable, fallback, what }) {
  const port = Number(process.env[variable]?.trim() || fallback);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return; // the application reports a wrong setting, 0 means any
  const code = await tryToListen(port);
  if (code === 'EADDRINUSE')
    throw new Fault(
      `Port ${port} (${what}) is taken by another program: stop it, or choose another with ${variable}=${port + 1}.`,
    );
  if (code === 'EACCES')
    throw new Fault(
      `Port ${port} (${what}) needs more rights than this user has: choose one above 1023 with ${variable}=${fallback}.`,
    );
}

/** @param {number} port @returns {Promise<string | undefined>} the error's code */
async function tryToListen(port) {
  const host = process.env.SIGNALBOX_HOST?.trim() || '0.0.0.0';
  return new Promise((answer) => {
    const server = createServer();
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => answer(error.code));
    server.listen({ port, host, exclusive: true }, () => server.close(() => answer(undefined)));
  });
}
