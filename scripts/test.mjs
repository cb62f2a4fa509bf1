// The entry must be readable by old Nodes, which get one sentence: hence no other import before the check, and no await.
import './lib/check-node.cjs';

import('./lib/test.mjs').then(({ test }) => test());
