// `npm run lighthouse [-- PATH]`: Lighthouse with its mobile preset on the built console behind Nginx over TLS; /sign-in by default.
// Figures mean something on a quiet machine only. They are kept in docs/performance.md.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBuild } from './lib/build.mjs';
import { command } from './lib/command.mjs';
import { Fault, say } from './lib/fault.mjs';
import { ensurePackages } from './lib/packages.mjs';
import { findProgram, pinnedNode, root } from './lib/paths.mjs';
import { run } from './lib/processes.mjs';
import { startStand } from './lib/stand.mjs';

const FLAGS = '--headless=new --no-sandbox --disable-gpu --disable-quic --ignore-certificate-errors';
const TIMES = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift'];

await command(async (_, later) => {
  await ensurePackages();
  await ensureBuild();
  const stand = await startStand();
  later(stand.stop);
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-lighthouse-'));
  later(() => rmSync(folder, { recursive: true }));
  const report = join(folder, 'report.json');
  const { code, output } = await run(
    pinnedNode,
    [
      join(root, 'node_modules/lighthouse/cli/index.js'),
      `${stand.env.E2E_URL}${process.argv[2] ?? '/sign-in'}`,
      ...['--quiet', '--output=json', `--output-path=${report}`, `--chrome-flags=${FLAGS}`],
    ],
    { cwd: folder, env: { ...process.env, CHROME_PATH: findProgram('chromium') } },
  );
  if (code !== 0) throw new Fault(`Lighthouse failed:\n${output.trim()}`);
  const { categories, audits } = JSON.parse(readFileSync(report, 'utf8'));
  for (const { title, score } of Object.values(categories)) say(`${title}: ${Math.round(score * 100)}`);
  for (const id of TIMES) say(`${audits[id].title}: ${audits[id].displayValue}`);
  const wrong = Object.values(categories)
    .filter(({ id }) => id !== 'performance')
    .flatMap(({ auditRefs }) => auditRefs)
    .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 1);
  for (const { id } of wrong) say(`not met: ${audits[id].title}`);
  return 0;
});
