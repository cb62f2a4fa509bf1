import { it } from '@jest/globals';
import { webhooksSurviveKills } from './webhook-kills.js';

it(
  'tells every endpoint once of everything when it is killed at any instant (3 times)',
  () => webhooksSurviveKills(3),
  240_000,
);
