import type { Feature } from './feature';
import { home } from './home/home.feature';

/** Every room of the console, in the order of the navigation. A new room is one folder and one line here. */
export const features: readonly Feature[] = [home];
