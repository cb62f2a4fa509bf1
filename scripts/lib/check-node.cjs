// Runs before anything else and on any Node, however old: only syntax of 2009 and no module that an old Node lacks.
'use strict';
var needed = 20;
var running = Number(process.versions.node.split('.')[0]);
if (running < needed) {
  console.error(
    'Signalbox needs Node ' +
      needed +
      ' or newer and this is ' +
      process.versions.node +
      ': install a current one from https://nodejs.org, then run the command again.',
  );
  process.exit(1);
}
if (process.platform === 'win32') {
  console.error(
    'Signalbox runs on Linux and macOS: on Windows, run it inside WSL (https://learn.microsoft.com/windows/wsl).',
  );
  process.exit(1);
}
