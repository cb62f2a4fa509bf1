// `npm run lint`: types, eslint, prettier and boundaries, as `npm test` runs them.
import './lib/check-node.cjs';

import('./lib/lint.mjs').then(({ lint }) => lint());
