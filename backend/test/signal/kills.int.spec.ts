import { it } from '@jest/globals';
import { survivesKills } from './kills.js';

it('loses and doubles nothing when it is killed at any instant (5 times)', () => survivesKills(5), 180_000);
