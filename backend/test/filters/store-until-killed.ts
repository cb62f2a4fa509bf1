// Stores filters on disk, version after version, and says which it has stored, until somebody kills it.
import type * as Filters from './stored-filters.js';

// Node finds it under the name it has, the compiler under the name it would get.
const beside = new URL('./stored-filters.ts', import.meta.url).href;
const { rowsOf, snapshotsIn, targetsWith } = (await import(beside)) as typeof Filters;
const [folder = '', first = '0'] = process.argv.slice(2);
const snapshots = snapshotsIn(folder);
const filters = targetsWith(snapshots).stored('some');
await filters.fill({
  sums: () => Promise.resolve([]),
  marks: () => Promise.resolve([]),
  read: () => Promise.resolve(),
});
for (let version = Number(first); ; version += 1) {
  for (const row of rowsOf(version)) filters.put(row);
  await snapshots.save();
  process.stdout.write(`${version}\n`);
}
