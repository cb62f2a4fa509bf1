// `npm test`: everything that CI asks, as the first command in a fresh clone.
import { BUILD, LINT, runChecks, runJest, SETTINGS_PAGE, sum, TRANSLATED } from './checks.mjs';
import { command } from './command.mjs';
import { ensureDebianPackages, REDIS } from './debian.mjs';
import { runE2e } from './e2e.mjs';
import { say } from './fault.mjs';
import { ensurePackages } from './packages.mjs';

const WANTED = [
  REDIS,
  { program: 'dovecot', name: 'dovecot-imapd', why: 'a real IMAP server' },
  { program: 'nginx', name: 'nginx', why: 'the reverse proxy' },
  { program: 'openssl', name: 'openssl', why: 'certificates' },
  { program: 'chromium', name: 'chromium', why: 'a real browser' },
];

const NOTHING = { passed: 0, failed: 0, skipped: 0 };

/** @param {{name: string}[]} missing */
const refusal = (missing) =>
  `The tests need ${missing.map(({ name }) => name).join(', ')}: install ${missing.length === 1 ? 'it' : 'them'} (Debian or Ubuntu: sudo apt-get install ${missing.map(({ name }) => name).join(' ')}), then run the command again.`;

/** The whole of `npm test` and `npm run test:full`; arguments choose specs by path and leave out the other checks. */
export async function test() {
  await command(async () => {
    const patterns = process.argv.slice(2).filter((argument) => argument !== '--full');
    if (process.argv.includes('--full')) process.env.SIGNALBOX_TEST_FULL = '1';
    await ensureDebianPackages(WANTED, refusal);
    await ensurePackages();
    const whole = patterns.length === 0;
    const lint = await runChecks(whole ? LINT : [], 2);
    const build = await runChecks(whole ? [BUILD, SETTINGS_PAGE, TRANSLATED] : [BUILD]);
    const jest = await runJest(patterns);
    const e2e = whole ? await runE2e([]) : NOTHING;
    const { passed, failed, skipped } = sum(lint, build, jest, e2e);
    say(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    return failed === 0 ? 0 : 1;
  });
}
