import { Global, Module } from '@nestjs/common';
import { Grants } from './grants.js';
import { MembershipApi } from './membership-api.js';

/** Who may do what where: grants and memberships, for every room. */
@Global()
@Module({ providers: [Grants, MembershipApi], exports: [Grants, MembershipApi] })
export class AccessModule {}
