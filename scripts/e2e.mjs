// `npm run e2e [-- PLAYWRIGHT'S ARGUMENTS]`: the console in a real browser, behind Nginx over TLS; the last part of `npm test`.
// `npm run screenshots` makes pictures of every page instead.
import { ensureBuild } from './lib/build.mjs';
import { command } from './lib/command.mjs';
import { runE2e } from './lib/e2e.mjs';
import { ensurePackages } from './lib/packages.mjs';

await command(async () => {
  await ensurePackages();
  await ensureBuild();
  const [first, ...rest] = process.argv.slice(2);
  if (first === '--screenshots') process.env.E2E_PICTURES = '1';
  return (await runE2e(first === '--screenshots' ? rest : process.argv.slice(2))).failed === 0 ? 0 : 1;
});
