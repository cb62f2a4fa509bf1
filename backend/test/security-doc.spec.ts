import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { itemsAndLevels } from './asvs-items.js';

const ROOT = join(import.meta.dirname, '../..');
/** Where the specs that the page names are looked for. */
const FOLDERS = ['', 'backend', 'backend/src', 'backend/src/modules', 'backend/src/platform'];

/** A spec that a page names, with the titles of its tests. */
interface Named {
  file: string;
  titles: string[];
}

/** Every `some.spec.ts` of a page with the “titles” behind it. */
function named(page: string): Named[] {
  const found = page.matchAll(/`([\w./-]+\.spec\.ts)`((?:[,;]? ?“[^”]+”)*)/g);
  return [...found].map(([, file = '', titles = '']) => ({
    file,
    titles: [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => title),
  }));
}

/** What of it does not exist. */
function missing({ file, titles }: Named): string[] {
  const paths = FOLDERS.map((folder) => join(ROOT, folder, file)).filter((path) => existsSync(path));
  if (paths.length !== 1) return [`${file} is found ${paths.length} times`];
  // Titles stand in quotes of either kind; those within them may be escaped.
  const text = readFileSync(paths[0] ?? '', 'utf8').replace(/\\(['"`])/g, '$1');
  return titles
    .filter((title) => !["'", '"', '`'].some((quote) => text.includes(quote + title + quote)))
    .map((title) => `${file} has no test “${title}”`);
}

/** The numbers of items in a page: `V1.2.3`, each of its tables' rows naming one or more. */
const itemsOf = (page: string) =>
  page
    .split('\n')
    .filter((line) => /^\| V\d/.test(line))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/V(\d+\.\d+\.\d+)/g)].map(([, item = '']) => item));

describe('docs/security.md', () => {
  const page = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');
  const [tables = '', open = ''] = page.split('### Open items');

  it('names tests that exist', () => {
    expect(named(page).length).toBeGreaterThan(50);
    expect(named(page).flatMap(missing)).toEqual([]);
  });

  it('has every item of levels 1 and 2 once, and says its level', () => {
    const wanted = itemsAndLevels();
    const items = itemsOf(tables);
    expect(items.filter((item, at) => items.indexOf(item) !== at)).toEqual([]);
    expect([...items].sort()).toEqual([...wanted.keys()].sort());
    const levels = [...page.matchAll(/^\| V(\d+\.\d+\.\d+) \| L(\d) \|/gm)];
    expect(levels.filter(([, item = '', level]) => wanted.get(item) !== Number(level)).map(([line]) => line)).toEqual(
      [],
    );
  });

  it('gathers what is not met, or in part only, and nothing else', () => {
    const rows = tables.split('\n').filter((line) => /\| (in part|\*\*not met)|\*\*left to who/.test(line));
    expect(itemsOf(open).sort()).toEqual(itemsOf(rows.join('\n')).sort());
  });

  it('would see a file, a title and an item that are not there', () => {
    const wrong = named(
      '`test/nowhere.spec.ts` “x” and `test/security-doc.spec.ts` “names no tests”, “names tests that exist”',
    );
    expect(wrong.flatMap(missing)).toEqual([
      'test/nowhere.spec.ts is found 0 times',
      'test/security-doc.spec.ts has no test “names no tests”',
    ]);
    expect(itemsOf('| V1.1.1 | L2 | x |\n| V1.1.2, V1.1.3 | why |')).toEqual(['1.1.1', '1.1.2', '1.1.3']);
  });
});
