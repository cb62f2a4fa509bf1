// `npm run dev`: as `npm start`, and builds and starts the application anew whenever a source changes.
import { watch } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild } from './lib/build.mjs';
import { command } from './lib/command.mjs';
import { Interrupted, say, sentence } from './lib/fault.mjs';
import { root } from './lib/paths.mjs';
import { prepare } from './lib/start.mjs';

/** Editors write a file in several steps; wait until they are quiet. */
const QUIET_MS = 150;

await command(async (stopped, later) => {
  const { launch, failed } = await prepare(later);
  let app = launch();
  later(() => app.stop());
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  let turn = Promise.resolve();
  const rebuild = async () => {
    if (!(await ensureBuild())) return;
    await app.stop();
    app = launch();
  };
  const changed = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // A source that does not compile leaves the old application running.
      turn = turn.then(rebuild).catch((error) => {
        if (!(error instanceof Interrupted)) console.error(sentence(error));
      });
    }, QUIET_MS);
  };
  for (const folder of ['backend/src', 'backend/migrations', 'contract']) {
    const watcher = watch(join(root, folder), { recursive: true }, changed);
    later(() => watcher.close());
  }
  say('Watching backend and contract; a change starts the application anew.');
  const reason = await Promise.race([stopped, failed]);
  if (reason) console.error(reason);
  clearTimeout(timer);
  await turn;
  return reason ? 1 : 0;
});
