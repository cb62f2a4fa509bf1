// `npm run lint`: types, eslint, prettier and boundaries, as `npm test` runs them.
import { LINT, runChecks } from './lib/checks.mjs';
import { command } from './lib/command.mjs';
import { ensurePackages } from './lib/packages.mjs';

await command(async () => {
  await ensurePackages();
  return (await runChecks(LINT, 2)).failed === 0 ? 0 : 1;
});
