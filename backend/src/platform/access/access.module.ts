import { Global, Module } from '@nestjs/common';
import { Grants } from './grants.js';
import { MembershipApi } from './membership-api.js';
import { ProjectMemberships } from './project-memberships.js';

/** Who may do what where: grants and memberships, for every room. */
@Global()
@Module({
  providers: [Grants, MembershipApi, ProjectMemberships],
  exports: [Grants, MembershipApi, ProjectMemberships],
})
export class AccessModule {}
