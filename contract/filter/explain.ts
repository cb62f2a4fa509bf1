import type { BoundFilter, BoundNode } from './bound.js';
import type { Span } from './errors.js';
import type { FieldCatalogue } from './fields.js';
import { compileNode } from './match.js';
import type { Moment } from './leaves.js';
import type { Subject } from './read.js';

/**
 * Which terms of a filter made a subject match, to show somebody why they were told.
 *
 * @returns where those terms stand in the filter's text, in its order; empty when the subject does not match. Of an `or`
 *   every side that holds counts, and a negated term counts when what it excludes is not so.
 */
export function explain({ root, catalogue }: BoundFilter, subject: Subject, moment: Moment): Span[] {
  const spans = holding(root, catalogue, subject, moment) ?? [];
  return spans.sort((a, b) => a.start - b.start);
}

/** The spans of the leaves that hold; undefined when the node does not. */
function holding(node: BoundNode, catalogue: FieldCatalogue, subject: Subject, moment: Moment): Span[] | undefined {
  if (node.kind === 'test') return compileNode(node, catalogue)(subject, moment) ? [node.span] : undefined;
  const parts = node.children.map((child) => holding(child, catalogue, subject, moment));
  const held = parts.filter((part) => part !== undefined);
  const holds = node.kind === 'and' ? held.length === parts.length : held.length > 0;
  return holds ? held.flat() : undefined;
}
