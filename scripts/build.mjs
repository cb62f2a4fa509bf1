// `npm run build`: dist/ from the sources, unless it is so already.
import { ensureBuild } from './lib/build.mjs';
import { command } from './lib/command.mjs';
import { say } from './lib/fault.mjs';
import { ensurePackages } from './lib/packages.mjs';

await command(async () => {
  await ensurePackages();
  if (!(await ensureBuild())) say('dist is up to date.');
  return 0;
});
