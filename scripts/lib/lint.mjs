import { LINT, runChecks } from './checks.mjs';
import { command } from './command.mjs';
import { ensurePackages } from './packages.mjs';

/** The whole of `npm run lint`. */
export async function lint() {
  await command(async () => {
    await ensurePackages();
    return (await runChecks(LINT)).failed === 0 ? 0 : 1;
  });
}
