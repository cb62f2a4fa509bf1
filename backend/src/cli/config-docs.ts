// npm run config:docs: writes docs/settings.md from the settings that the rooms declare; --check only compares.
import 'reflect-metadata';
import { readFileSync, writeFileSync } from 'node:fs';
import { AppModule } from '../app.module.js';
import { configClasses, type Setting } from '#platform/config/index.js';

const FILE = 'docs/settings.md';

function fallback({ schema, secret }: Setting): string {
  const parsed = schema.safeParse(undefined);
  if (!parsed.success) return '**required**';
  const value: unknown = parsed.data;
  if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) return '–';
  if (secret) return '(secret)';
  const text = value instanceof Map ? [...value].map(([key, one]) => `${key}=${one}`).join(', ') : String(value);
  return `\`${text === `${process.cwd()}/.data` ? '.data' : text}\``;
}

function page(): string {
  const rooms = configClasses()
    .filter((config) => Object.keys(config.settings).length > 0)
    .map((config) => {
      const rows = Object.values(config.settings).map((s) => `| \`${s.variable}\` | ${fallback(s)} | ${s.about} |`);
      return [`## ${config.room}`, '', '| variable | default | meaning |', '| --- | --- | --- |', ...rows, ''].join(
        '\n',
      );
    });
  return [
    '# Settings',
    '',
    'Every setting is an environment variable, checked at start; all faults are reported at once. This page is written by',
    '`npm run config:docs` from the schemas that do the checking.',
    '',
    ...rooms,
  ].join('\n');
}

if (!AppModule) throw new Error('The application is not loaded.');
const text = page();
if (process.argv.includes('--check')) {
  const same = readFileSync(FILE, 'utf8') === text;
  console.log(same ? `${FILE} is up to date.` : `${FILE} is stale: run "npm run config:docs".`);
  process.exitCode = same ? 0 : 1;
} else {
  writeFileSync(FILE, text);
  console.log(`Wrote ${FILE}.`);
}
