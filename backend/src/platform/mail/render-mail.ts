import type { MailBlock, MailContent } from './mail.types.js';
import { mailHtml } from './mail-html.js';
import { mailText } from './mail-text.js';
import { MailInvalid } from './mail.errors.js';

/**
 * Renders a mail in the look that all mails share: HTML for phones and desks, light and dark, and a text version of the
 * same blocks.
 *
 * @throws MailInvalid when a link is not http(s)
 */
export async function renderMail(content: MailContent & { subject?: string }): Promise<{ html: string; text: string }> {
  for (const url of links(content)) requireWeb(url);
  return { html: await mailHtml(content), text: mailText(content) };
}

function* links(content: MailContent): Generator<string> {
  if (content.unsubscribeUrl) yield content.unsubscribeUrl;
  for (const block of content.blocks) yield* linksOf(block);
}

function* linksOf(block: MailBlock): Generator<string> {
  if (block.type === 'button') yield block.url;
  if (block.type === 'card' && block.link) yield block.link.url;
  if (block.type === 'list') for (const { url } of block.items) if (url) yield url;
}

function requireWeb(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol))
    throw new MailInvalid(`A mail may link to http and https only, not to ${JSON.stringify(url.slice(0, 80))}.`);
}
