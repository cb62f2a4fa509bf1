export { WorkspaceSigns } from './workspace-signs.js';
export type { WorkspaceSign } from './workspace-signs.js';
export { WorkspaceSignsModule } from './workspace-signs.module.js';
