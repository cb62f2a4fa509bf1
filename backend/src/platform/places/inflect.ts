/**
 * The case endings Czech and Polish put on place names after "z", "do", "na", "v"/"w": good enough to recognise a name,
 * not to write one. Works on folded text, so accents of the ending do not matter. Irregular forms stand in the data files.
 */
export function slavicForms(folded: string): string[] {
  const stem = folded.slice(0, -1);
  const last = folded.slice(-1);
  if (folded.length < 4 || !/[a-z]$/.test(folded)) return [];
  if (folded.endsWith('ie')) return [`${stem}i`];
  if (last === 'a') return ['y', 'i', 'e', 'u', 'ie', 'ou'].map((ending) => stem + ending);
  if (last === 'o') return ['a', 'u', 'ie', 'e', 'em'].map((ending) => stem + ending);
  if ('eiuy'.includes(last)) return [];
  return ['a', 'u', 'e', 'ie', 'ia', 'iu', 'i', 'y', 'em'].map((ending) => folded + ending);
}
