import { Global, Module } from '@nestjs/common';
import { PersonalData } from './personal-data.js';

/** What rooms hold of people. */
@Global()
@Module({ providers: [PersonalData], exports: [PersonalData] })
export class PersonalDataModule {}
