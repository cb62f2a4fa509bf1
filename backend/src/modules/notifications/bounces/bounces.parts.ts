import { Bounces } from './bounces.js';
import { BouncesPersonalData } from './bounces.personal-data.js';
import { ProvenAddresses } from './proven-addresses.js';
import { SuppressedAddresses } from './suppressed-addresses.js';
import { SuppressedAddressesController } from './suppressed-addresses.controller.js';

/** What the room of notifications is made of where mail comes back. */
export const bounceControllers = [SuppressedAddressesController];
export const bounceProviders = [Bounces, BouncesPersonalData, ProvenAddresses, SuppressedAddresses];
