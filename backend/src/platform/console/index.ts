export { readConsole } from './console-files.js';
export { ConsoleModule, PAGES } from './console.module.js';
