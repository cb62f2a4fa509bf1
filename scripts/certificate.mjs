// `npm run certificate [-- FOLDER [NAME...]]`: a self-signed certificate for development, for localhost unless other names are given.
// Browsers do not believe it before they are told to; for real names use certbot (docs/operations.md).
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { command } from './lib/command.mjs';
import { makeCertificate } from './lib/certificate.mjs';
import { Fault, say } from './lib/fault.mjs';
import { root } from './lib/paths.mjs';

await command(async () => {
  const [folder = join(root, 'nginx/tls'), ...names] = process.argv.slice(2);
  const dir = resolve(process.env.INIT_CWD ?? root, folder);
  if (existsSync(join(dir, 'privkey.pem'))) throw new Fault(`There is a certificate in ${dir} already.`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  await makeCertificate(dir, names.length > 0 ? names : ['localhost', '127.0.0.1']);
  say(`Made ${join(dir, 'fullchain.pem')} and privkey.pem.`);
  return 0;
});
