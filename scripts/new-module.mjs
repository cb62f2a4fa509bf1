// `npm run new:module NAME`: a room with everything that a room has, wired in, lint-clean and tested: a table and its
// migration, events, permissions, five endpoints, specs. What it is about is yours to change.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { command } from './lib/command.mjs';
import { Fault, say } from './lib/fault.mjs';
import { camel, fill, pascal, snake, words } from './lib/module-template.mjs';
import { ensurePackages } from './lib/packages.mjs';
import { pinnedNode, root } from './lib/paths.mjs';
import { run } from './lib/processes.mjs';

const TEMPLATES = join(root, 'scripts/templates/module');

/**
 * Puts a line into a file at an anchor.
 * @param {string} path
 * @param {[RegExp, string][]} edits each replaces the first match; `$&` is the match
 */
function edit(path, edits) {
  let text = readFileSync(join(root, path), 'utf8');
  for (const [anchor, replacement] of edits) {
    if (!anchor.test(text)) throw new Fault(`${path} is not as expected (no ${anchor}): wire the module in by hand.`);
    text = text.replace(anchor, replacement);
  }
  writeFileSync(join(root, path), text);
}

/** @param {string} name @returns {import('./lib/module-template.mjs').Names} @throws {Fault} */
function namesOf(name) {
  if (!/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*s$/.test(name))
    throw new Fault(
      'Say the name of the new module, a plural in small letters and dashes: npm run new:module side-notes',
    );
  if (existsSync(join(root, 'backend/src/modules', name)) || existsSync(join(root, 'contract/events', `${name}.ts`)))
    throw new Fault(`There is a module "${name}" already.`);
  const numbers = readdirSync(join(root, 'backend/migrations')).map((file) => Number(file.slice(0, 4)) || 0);
  const number = String((Math.floor(Math.max(...numbers) / 10) + 1) * 10).padStart(4, '0');
  return { plural: name, singular: name.replace(/ies$/, 'y').replace(/s$/, ''), number };
}

/** @param {import('./lib/module-template.mjs').Names} names @returns {string[]} the new files */
function write(names) {
  const targets = {
    module: `backend/src/modules/${names.plural}`,
    contract: 'contract/events',
    migration: 'backend/migrations',
  };
  return Object.entries(targets).flatMap(([folder, target]) =>
    readdirSync(join(TEMPLATES, folder)).map((file) => {
      const name = file
        .replace('.tmpl', '')
        .replace('NUMBER', names.number)
        .replace('samples', names.plural)
        .replace('sample', names.singular);
      const path = `${target}/${name}`;
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), fill(readFileSync(join(TEMPLATES, folder, file), 'utf8'), names));
      return path;
    }),
  );
}

/** @param {import('./lib/module-template.mjs').Names} names @returns {string[]} the changed files */
function wire({ plural, singular, number }) {
  const events = `${camel(singular)}Events`;
  const migration = `${pascal(plural)}${number}`;
  edit('contract/events/index.ts', [
    [/\n\n\/\*\* Every event/, `\nimport { ${events} } from './${plural}.js';$&`],
    [/export const eventCatalogue = \{[^}]*?(?=,?\s*\};)/, `$&, ...${events}`],
  ]);
  edit('backend/migrations/index.ts', [
    [/\n\n\/\*\* Every migration/, `\nimport { ${migration} } from './${number}-${plural}.js';$&`],
    [/\n\];/, `\n  ${migration},$&`],
  ]);
  edit('backend/src/platform/access/permissions.ts', [
    [
      / {2}'members:read'/,
      `  '${snake(plural)}:read': 'See ${words(plural)}.',\n  '${snake(plural)}:write': 'Make, change and remove ${words(plural)}.',\n$&`,
    ],
    [/const member: Permission\[\] = \[[^\]]*?(?=\s*\];)/, `$&\n  '${snake(plural)}:write',`],
  ]);
  edit('backend/src/app.module.ts', [
    [/import \{ UsersModule \}/, `import { ${pascal(plural)}Module } from '#modules/${plural}/index.js';\n$&`],
    [/(imports: \[\s*ConfigModule[^\]]*?)(?=,?\s*\])/, `$&, ${pascal(plural)}Module`],
  ]);
  const [read, write] = [`'${snake(plural)}:read'`, `'${snake(plural)}:write'`];
  const one = `${plural}/:${camel(singular)}Id`;
  edit('backend/test/matrix/declared.ts', [[/ {2}'members:read'/, `  ${read}: everyone,\n  ${write}: writers,\n$&`]]);
  edit('backend/test/matrix/rows.ts', [
    [
      / {2}'members:read'/,
      `  ${read}: inWorkspace('GET ${plural}', 'GET ${one}'),
  ${write}: inWorkspace('POST ${plural}', 'PATCH ${one}', 'DELETE ${one}'),\n$&`,
    ],
  ]);
  return [
    'contract/events/index.ts',
    'backend/migrations/index.ts',
    'backend/src/platform/access/permissions.ts',
    'backend/src/app.module.ts',
    'backend/test/matrix/declared.ts',
    'backend/test/matrix/rows.ts',
  ];
}

await command(async () => {
  const names = namesOf(process.argv[2] ?? '');
  await ensurePackages();
  const files = [...write(names), ...wire(names)];
  await run(pinnedNode, [join(root, 'node_modules/prettier/bin/prettier.cjs'), '--write', ...files], { cwd: root });
  say(`Made the module "${names.plural}":`);
  for (const file of files) say(`  ${file}`);
  say(`Next: say in backend/src/modules/${names.plural} what it is about, then npm test -- ${names.plural}`);
  return 0;
});
