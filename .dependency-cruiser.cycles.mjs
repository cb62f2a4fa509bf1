// Rooms form no cycles. A run of its own, without specs: a room's spec boots other rooms, which is no dependency of the room.
import { spec } from './.dependency-cruiser.mjs';
import boundaries from './.dependency-cruiser.mjs';

/** @param {string} layer */
const noCycle = (layer) => ({
  name: `${layer}-cycle`,
  comment: 'Two rooms that need each other are one room, or should talk through events.',
  severity: 'error',
  scope: 'folder',
  from: { path: `^backend/src/${layer}/[^/]+$` },
  to: { path: `^backend/src/${layer}/[^/]+$`, circular: true },
});

export default {
  forbidden: [noCycle('platform'), noCycle('modules')],
  options: { ...boundaries.options, exclude: { path: `^(dist|coverage|backend/test|backend/bench)/|${spec}` } },
};
