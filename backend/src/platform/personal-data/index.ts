export { inPages } from './in-pages.js';
export { PersonalData } from './personal-data.js';
export type { DataFile, DataSubject, HoldsPersonalData } from './personal-data.js';
export { PersonalDataModule } from './personal-data.module.js';
export { rowsOf } from './rows-of.js';
