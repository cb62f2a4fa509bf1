// `npm run parse:deals < items.jsonl > predictions.jsonl`: installs and builds what is missing or stale, then parses. Needs no service.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuild } from './lib/build.mjs';
import { command } from './lib/command.mjs';
import { sayOnStandardError } from './lib/fault.mjs';
import { ensurePackages } from './lib/packages.mjs';
import { pinnedNode, root } from './lib/paths.mjs';

const PARSER = 'dist/backend/src/modules/deals/parser/parse-deals.cli.js';

await command(async (stopped) => {
  sayOnStandardError(); // standard output is the predictions
  await ensurePackages();
  await ensureBuild();
  const child = spawn(pinnedNode, ['--enable-source-maps', join(root, PARSER)], { cwd: root, stdio: 'inherit' });
  void stopped.then(() => child.kill('SIGTERM'));
  return new Promise((ended, failed) => child.once('exit', (code) => ended(code ?? 128)).once('error', failed));
});
