import { it } from '@jest/globals';
import { survivesKills } from './kills.js';

it('loses and doubles nothing when it is killed at any instant (100 times)', () => survivesKills(100), 1_800_000);
