import { Conflict } from '#platform/errors/index.js';

/** A workspace of other people would be left without an owner. */
export class LastOwnerOf extends Conflict {
  static override code = 'last_owner_of';
  static override title = 'Others need you as owner';

  /** @param workspaces what nobody else owns */
  constructor(workspaces: readonly { id: string; name: string }[]) {
    const names = workspaces.map(({ name }) => `“${name}”`).join(', ');
    super(
      `You are the only owner of ${names}, which other people belong to: make somebody else an owner, or remove the others, ` +
        'before you delete your account.',
      { members: { workspaces: workspaces.map(({ id, name }) => ({ id, name })) } },
    );
  }
}
