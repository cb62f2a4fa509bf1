export { ConsoleModule, PAGES } from './console.module.js';
