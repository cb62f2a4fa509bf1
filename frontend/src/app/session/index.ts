export { bearer } from './bearer';
export { closedWorkspace, CurrentWorkspace, insideWorkspace, ReuseInWorkspace, toWorkspace } from './current-workspace';
export { opened, signedIn, signedOut } from './guards';
export { reauthenticating, Reauthentication } from './reauthentication';
export { Session, type Person, type Question, type SignedIn, type Workspace } from './session';
export { askForPasskey, makePasskey, offersQuietly, passkeysKnown } from './webauthn';
