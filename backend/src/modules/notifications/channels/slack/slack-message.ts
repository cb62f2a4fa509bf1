import type { MailBlock } from '#platform/mail/index.js';
import type { ChannelMessage } from '../channel.js';
import { wordsFor } from '../../messages/words.js';
import { cut, line, linesOf, linkOf, plain } from '../message-text.js';

/** Slack's limits, in characters and pieces (docs.slack.dev: reference/block-kit/blocks, composition objects). */
const BLOCKS = 50;
const HEADER = 150;
const SECTION = 3000;
const FIELD = 2000;
const FIELDS = 10;
const BUTTON = 75;
const LINK = 3000;
/** Of the text that a phone shows; Slack cuts what is much longer. */
const FALLBACK = 1000;
/** Space for what ends a message: the button and why it came. */
const ENDING = 3;

type SlackText = { type: 'plain_text'; text: string; emoji: false };
type SlackBlock = Record<string, unknown>;

/**
 * A message in Block Kit. Whatever others have written stands in `plain_text`, where Slack reads no formatting, link or mention, and is
 * escaped all the same; links are buttons.
 */
export function slackMessage(
  message: ChannelMessage,
): { text: string; blocks: SlackBlock[] } & Record<string, unknown> {
  const { notification, reason, url } = message;
  const words = wordsFor(message.locale);
  const body = notification.blocks.flatMap(blocksOf);
  const room = BLOCKS - 1 - ENDING;
  const shown = body.length > room ? [...body.slice(0, room - 1), section('…')] : body;
  return {
    text: escaped(line(message.subject) || '-', FALLBACK),
    mrkdwn: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: 'header', text: text(line(notification.heading || message.subject) || '-', HEADER) },
      ...shown,
      ...buttons([{ label: words.open, url }]),
      { type: 'context', elements: [text(line(words.because(reason.name)), FIELD)] },
      ...(reason.unsubscribeUrl ? buttons([{ label: words.stop, url: reason.unsubscribeUrl }]) : []),
    ],
  };
}

function blocksOf(block: MailBlock): SlackBlock[] {
  switch (block.type) {
    case 'divider':
      return [{ type: 'divider' }];
    case 'button':
      return buttons([block]);
    case 'keyvalues':
      return fields(block.rows);
    case 'card':
      return [
        ...sections(linesOf({ ...block, rows: undefined })),
        ...fields(block.rows ?? []),
        ...(block.link ? buttons([block.link]) : []),
      ];
    default:
      return sections(linesOf(block));
  }
}

function sections(lines: string[]): SlackBlock[] {
  const whole = plain(lines.join('\n')).trim();
  return whole === '' ? [] : [section(whole)];
}

function section(whole: string): SlackBlock {
  return { type: 'section', text: text(whole, SECTION) };
}

function fields(rows: readonly { key: string; value: string }[]): SlackBlock[] {
  const all = rows.map(({ key, value }) => text(plain(`${key}\n${value}`).trim() || '-', FIELD));
  const groups = Array.from({ length: Math.ceil(all.length / FIELDS) }, (_, i) =>
    all.slice(i * FIELDS, (i + 1) * FIELDS),
  );
  return groups.map((some) => ({ type: 'section', fields: some }));
}

function buttons(wanted: readonly { label: string; url: string }[]): SlackBlock[] {
  const elements = wanted.flatMap(({ label, url }) => {
    const link = linkOf(url, LINK);
    return link ? [{ type: 'button', text: text(line(label) || 'Open', BUTTON), url: link }] : [];
  });
  return elements.length > 0 ? [{ type: 'actions', elements }] : [];
}

function text(whole: string, most: number): SlackText {
  return { type: 'plain_text', text: escaped(whole, most), emoji: false };
}

/** The three characters that Slack gives a meaning; cut so that no escape is halved. */
function escaped(whole: string, most: number): string {
  const escape = (t: string) => t.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  for (
    let length = Math.min(whole.length, most);
    ;
    length -= Math.max(1, Math.ceil((escape(cut(whole, length)).length - most) / 5))
  ) {
    const result = escape(cut(whole, length));
    if (result.length <= most) return result;
  }
}
