export { bearer } from './bearer';
export { CurrentWorkspace, insideWorkspace, ReuseInWorkspace, toWorkspace } from './current-workspace';
export { signedIn, signedOut } from './guards';
export { Session, type Person, type SignedIn, type Workspace } from './session';
