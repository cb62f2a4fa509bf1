// `npm run lint`: types, eslint, prettier, boundaries and words, as `npm test` runs them.
import { BUILD, LINT, runChecks, sum, TRANSLATED } from './lib/checks.mjs';
import { command } from './lib/command.mjs';
import { ensurePackages } from './lib/packages.mjs';

await command(async () => {
  await ensurePackages();
  // What is translated is read out of the build.
  return sum(await runChecks(LINT, 2), await runChecks([BUILD, TRANSLATED])).failed === 0 ? 0 : 1;
});
