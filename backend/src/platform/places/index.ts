export { fold, foldWithOffsets } from './fold.js';
export type { Folded } from './fold.js';
export { locationOf } from './locations.js';
export type { Location } from './locations.js';
export { Places, places } from './places.js';
export type { Place, PlaceKind, PlaceMention } from './types.js';
