/** What a built-in role is called. */
export function roleName(role: string): string {
  switch (role) {
    case 'owner':
      return $localize`Owner`;
    case 'admin':
      return $localize`Admin`;
    case 'member':
      return $localize`Member`;
    case 'viewer':
      return $localize`Viewer`;
    default:
      return $localize`a role of this workspace`;
  }
}

/** What a built-in role is for, in a sentence. */
export function roleSentence(role: string): string {
  switch (role) {
    case 'owner':
      return $localize`May do everything, also make and remove owners and hand the workspace over.`;
    case 'admin':
      return $localize`May do everything except what concerns owners.`;
    case 'member':
      return $localize`Works with deals, sources and subscriptions; sees keys, but not the audit trail.`;
    default:
      return $localize`Sees deals, sources, subscriptions and members, and changes nothing.`;
  }
}
