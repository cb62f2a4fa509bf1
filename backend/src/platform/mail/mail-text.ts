import { mailWords } from './mail-words.js';
import type { MailBlock, MailContent } from './mail.types.js';
import { markedParts } from './marked-parts.js';

const RULE = '-'.repeat(40);

/** The text version of a mail: the same blocks in the same order, links written out. */
export function mailText(content: MailContent): string {
  const parts = [content.heading, ...content.blocks.map(textOf)];
  const footer = [
    content.footer,
    content.unsubscribeUrl && `${mailWords(content.locale).unsubscribe}: ${content.unsubscribeUrl}`,
  ].filter(Boolean);
  if (footer.length > 0) parts.push(`${RULE}\n${footer.join('\n')}`);
  return `${parts
    .map((part) => part.trim())
    .filter(Boolean)
    .join('\n\n')}\n`;
}

function textOf(block: MailBlock): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'button':
      return `${block.label}:\n${block.url}`;
    case 'keyvalues':
      return pairs(block.rows);
    case 'card': {
      const title = [block.title, block.highlight].filter(Boolean).join(' · ');
      const lines = [
        title,
        block.badges?.join(', '),
        block.note,
        pairs(block.rows ?? []),
        block.link && `${block.link.label}: ${block.link.url}`,
      ];
      return lines.filter(Boolean).join('\n');
    }
    case 'list':
      return block.items
        .map(({ text, url }, i) => `${block.ordered ? `${i + 1}.` : '-'} ${text}${url ? `\n  ${url}` : ''}`)
        .join('\n');
    case 'marked':
      return markedParts(block)
        .map(({ text, marked }) => (marked ? `[${text}]` : text))
        .join('');
    case 'code':
      return block.code;
    case 'divider':
      return RULE;
  }
}

function pairs(rows: { key: string; value: string }[]): string {
  return rows.map(({ key, value }) => `${key}: ${value}`).join('\n');
}
