import { it } from '@jest/globals';
import { webhooksSurviveKills } from './webhook-kills.js';

it(
  'tells every endpoint once of everything when it is killed at any instant (50 times)',
  () => webhooksSurviveKills(50),
  1_800_000,
);
