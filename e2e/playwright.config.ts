// The console in a real browser (docs/console.md). scripts/lib/e2e.mjs starts what it runs against and says where that is.
import { defineConfig } from '@playwright/test';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // The certificate is our own; service workers ask for a flag beside Playwright's setting.
  '--ignore-certificate-errors',
];

/** What scripts/e2e.mjs sets for `npm run screenshots`. */
const pictures = process.env['E2E_PICTURES'] === '1';
/** The long forms (*.full.e2e.ts) run in `npm run test:full`. */
const full = process.env['SIGNALBOX_TEST_FULL'] === '1';
const alone = ['setup.e2e.ts', 'outage.e2e.ts', ...(full ? [] : ['*.full.e2e.ts'])];

export default defineConfig({
  testDir: '.',
  testMatch: '*.e2e.ts',
  outputDir: '../test-results',
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  // A busy machine is slow, not wrong.
  timeout: 180_000,
  expect: { timeout: 45_000 },
  retries: 1,
  reporter: [['list'], ['json', { outputFile: process.env['E2E_OUTCOME'] ?? '/dev/null' }]],
  use: {
    baseURL: process.env['E2E_URL'] ?? '',
    ignoreHTTPSErrors: true,
    serviceWorkers: 'block',
    launchOptions: { executablePath: '/usr/bin/chromium', args: FLAGS },
    actionTimeout: 60_000,
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
    contextOptions: { reducedMotion: 'reduce' },
    screenshot: 'only-on-failure',
  },
  // Makes the owner, by hand of a person. What stops the server comes when nobody else needs it.
  projects: pictures
    ? [
        { name: 'setup', testMatch: 'setup.e2e.ts' },
        { name: 'pictures', testMatch: 'pictures.ts', dependencies: ['setup'] },
      ]
    : [
        { name: 'setup', testMatch: 'setup.e2e.ts', teardown: 'outage' },
        { name: 'pages', testIgnore: alone, dependencies: ['setup'] },
        { name: 'outage', testMatch: 'outage.e2e.ts' },
      ],
});
