export { fold, foldWithOffsets } from './fold.js';
export type { Folded } from './fold.js';
export { Places, places } from './places.js';
export type { Place, PlaceKind, PlaceMention } from './types.js';
