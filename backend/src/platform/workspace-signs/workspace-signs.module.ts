import { Global, Module } from '@nestjs/common';
import { WorkspaceSigns } from './workspace-signs.js';

/** How workspaces fare, as the rooms tell. */
@Global()
@Module({ providers: [WorkspaceSigns], exports: [WorkspaceSigns] })
export class WorkspaceSignsModule {}
