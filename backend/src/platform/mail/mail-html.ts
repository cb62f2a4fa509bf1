import { LAYOUT } from './mail-layout.js';
import { fill, templateOf, type Template, type Values } from './mail-template.js';
import { mailWords } from './mail-words.js';
import type { MailBlock, MailContent } from './mail.types.js';
import { markedParts } from './marked-parts.js';

interface Layout {
  before: Template;
  blocks: Map<string, Template>;
  after: Template;
}

let compiled: Promise<Layout> | undefined;

/** The HTML of a mail. The layout is compiled from MJML once a process (some 100 ms); after that it costs microseconds. */
export async function mailHtml(content: MailContent): Promise<string> {
  const layout = await (compiled ??= compile());
  const { locale: lang } = content;
  const unsubscribeLabel = mailWords(lang).unsubscribe;
  const preheader = padded(content.preheader);
  const values: Values = { ...content, lang, unsubscribeLabel, blocks: undefined, preheader };
  const parts = content.blocks.map((block) => fill(layout.blocks.get(block.type)!, valuesOf(block)));
  return [fill(layout.before, values), ...parts, fill(layout.after, values)].join('\n');
}

async function compile(): Promise<Layout> {
  // Some 60 packages, for the first mail only.
  const { default: mjml2html } = await import('mjml');
  // No web fonts: a mail loads nothing from elsewhere.
  const { html, errors } = await mjml2html(LAYOUT, { validationLevel: 'strict', fonts: {}, keepComments: true });
  if (errors.length > 0)
    throw new Error(`The mail layout is wrong: ${errors.map((e) => e.formattedMessage).join('; ')}`);
  const [before, middle, after] = html.split(/<!-- blocks(?::end)? -->/);
  if (!before || !middle || after === undefined) throw new Error('The mail layout lost its blocks.');
  const found = middle.matchAll(/<!-- block:(\w+) -->([\s\S]*?)<!-- block:end -->/g);
  return {
    before: templateOf(before),
    blocks: new Map([...found].map(([, type, source]) => [type!, templateOf(source!)])),
    after: templateOf(after),
  };
}

function valuesOf(block: MailBlock): Values {
  switch (block.type) {
    case 'text':
      return { text: block.text, tone: block.tone ?? 'normal' };
    case 'button':
      return { label: block.label, url: web(block.url) };
    case 'card': {
      const { badges = [], rows = [], link } = block;
      const linked = link && { label: link.label, url: web(link.url) };
      return { ...block, rows, hasRows: rows.length > 0, badges: badges.map((label) => ({ label })), link: linked };
    }
    case 'list':
      return {
        items: block.items.map(({ text, url }, i) => ({
          text,
          mark: block.ordered ? `${i + 1}.` : '•',
          ...(url ? { url: web(url) } : { plain: true }),
        })),
      };
    case 'marked':
      return {
        parts: markedParts(block).map(({ text, marked }) => (marked ? { text, marked } : { text, plain: true })),
      };
    default:
      return { ...block };
  }
}

/** The address as the URL standard writes it: no line breaks, no spaces. */
function web(url: string): string {
  return new URL(url).href;
}

/** Keeps the body's first words out of the mailbox's preview. */
function padded(preheader = ''): string {
  return preheader && `${preheader}${'\u00a0\u200c'.repeat(Math.max(0, 100 - preheader.length))}`;
}
