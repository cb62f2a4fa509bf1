import { Bounces } from './bounces.js';
import { BouncesPersonalData } from './bounces.personal-data.js';
import { OwnSuppression } from './own-suppression.js';
import { OwnSuppressionController } from './own-suppression.controller.js';
import { ProvenAddresses } from './proven-addresses.js';
import { SuppressedAddresses } from './suppressed-addresses.js';
import { SuppressedAddressesController } from './suppressed-addresses.controller.js';

/** What the room of notifications is made of where mail comes back. */
export const bounceControllers = [OwnSuppressionController, SuppressedAddressesController];
export const bounceProviders = [Bounces, BouncesPersonalData, OwnSuppression, ProvenAddresses, SuppressedAddresses];
