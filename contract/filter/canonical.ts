import type { FieldCatalogue } from './fields.js';
import { print, printValue, type Tree, type Value } from './tree.js';

/**
 * The canonical form of a filter: field synonyms become names, nested groups of one kind become one, double negation
 * goes, `!=` becomes `-(=)`, alternatives and the members of a group are sorted and each stands once. Two filters with
 * the same canonical text match the same things; the converse does not hold.
 *
 * @param catalogue resolves synonyms; without it names are only lower-cased
 */
export function canonical(tree: Tree, catalogue?: FieldCatalogue): Tree {
  switch (tree.kind) {
    case 'words':
      return tree;
    case 'term': {
      const field = canonicalName(tree.field, catalogue);
      const values = distinct(tree.values, printValue);
      if (tree.operator !== '!=') return { ...tree, field, values };
      return { kind: 'not', span: tree.span, child: { ...tree, field, values, operator: '=' } };
    }
    case 'not': {
      const child = canonical(tree.child, catalogue);
      return child.kind === 'not' ? child.child : { ...tree, child };
    }
    default: {
      const flat = tree.children
        .map((child) => canonical(child, catalogue))
        .flatMap((child) => (child.kind === tree.kind ? child.children : [child]));
      const children = distinct(flat, print);
      const [only] = children;
      return children.length === 1 && only ? only : { ...tree, children };
    }
  }
}

function canonicalName(name: string, catalogue: FieldCatalogue | undefined): string {
  const lower = name.toLowerCase();
  const was = lower.startsWith('was.') ? 'was.' : '';
  return was + (catalogue?.find(lower.slice(was.length))?.name ?? lower.slice(was.length));
}

function distinct<T extends Tree | Value>(items: readonly T[], text: (item: T) => string): T[] {
  const byText = new Map(items.map((item) => [text(item), item]));
  return [...byText.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
}
