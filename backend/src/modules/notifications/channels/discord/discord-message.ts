import type { MailBlock } from '#platform/mail/index.js';
import type { ChannelMessage } from '../channel.js';
import { wordsFor } from '../../messages/words.js';
import { cut, line, linesOf, linkOf, plain } from '../message-text.js';

/** Discord's limits, in characters and pieces (docs.discord.com: resources/message, embed limits). */
const TITLE = 256;
const DESCRIPTION = 4096;
const FIELDS = 25;
const NAME = 256;
const VALUE = 1024;
const FOOTER = 2048;
const LINK = 2048;
/** Title, description, fields and footer together. */
const EMBED = 6000;
const COLOUR = 0x4f46e5;

interface Field {
  name: string;
  value: string;
  inline: true;
}

/** A message as one embed. Nobody is mentioned by it (`allowed_mentions`), and what others have written is not read as Markdown. */
export function discordMessage(message: ChannelMessage): Record<string, unknown> {
  const { notification, reason } = message;
  const title = escaped(line(notification.heading || message.subject), TITLE) || '-';
  const footer = { text: cut(line(wordsFor(message.locale).because(reason.name)), FOOTER / 4) };
  const link = linkOf(message.url, LINK);
  let room = EMBED - title.length - footer.text.length;
  const description = escaped(descriptionOf(notification.blocks), Math.min(DESCRIPTION, room));
  room -= description.length;
  const fields = fitting(notification.blocks.flatMap(fieldsOf), room);
  return {
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title,
        ...(link ? { url: link } : {}),
        ...(description ? { description } : {}),
        ...(fields.length > 0 ? { fields } : {}),
        footer,
        color: COLOUR,
      },
    ],
  };
}

function descriptionOf(blocks: readonly MailBlock[]): string {
  const parts = blocks.map((block) => {
    if (block.type === 'keyvalues') return '';
    return linesOf(block.type === 'card' ? { ...block, rows: undefined } : block).join('\n');
  });
  return plain(parts.filter(Boolean).join('\n\n')).trim();
}

function fieldsOf(block: MailBlock): Field[] {
  const rows = block.type === 'keyvalues' || block.type === 'card' ? (block.rows ?? []) : [];
  return rows.flatMap(({ key, value }) => {
    const [name, text] = [escaped(line(key), NAME), escaped(plain(value).trim(), VALUE)];
    // Discord refuses the whole message for an empty name or value.
    return name && text ? [{ name, value: text, inline: true as const }] : [];
  });
}

function fitting(fields: readonly Field[], room: number): Field[] {
  let left = room;
  const fit = fields.slice(0, FIELDS).map((field) => {
    left -= field.name.length + field.value.length;
    return left >= 0 ? field : undefined;
  });
  return fit.filter((field) => field !== undefined);
}

/** Without what Discord reads as Markdown, mention or link; cut so that no escape is halved. */
function escaped(text: string, most: number): string {
  const escape = (t: string) => t.replaceAll(/[\\*_~`|>#\[\]()<@:-]/g, (c) => (c === '@' ? '@\u200b' : `\\${c}`));
  for (
    let length = Math.min(text.length, most);
    length > 0;
    length -= Math.max(1, Math.ceil((escape(cut(text, length)).length - most) / 2))
  ) {
    const result = escape(cut(text, length));
    if (result.length <= most) return result;
  }
  return '';
}
