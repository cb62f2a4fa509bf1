// Stores filters on disk, version after version, and says which it has stored, until somebody kills it.
import { rowsOf, snapshotsIn, targetsWith } from './stored-filters.ts';

const [folder = '', first = '0'] = process.argv.slice(2);
const snapshots = snapshotsIn(folder);
const filters = targetsWith(snapshots).stored('some');
await filters.fill({ sums: () => Promise.resolve([]), read: () => Promise.resolve() });
for (let version = Number(first); ; version += 1) {
  for (const row of rowsOf(version)) filters.put(row);
  await snapshots.save();
  process.stdout.write(`${version}\n`);
}
