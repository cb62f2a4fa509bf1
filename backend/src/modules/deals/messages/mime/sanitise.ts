import sanitizeHtml from 'sanitize-html';
import type { Attachment as MailPart, ParsedMail } from 'mailparser';

/** Larger pictures, and what is over the sum, are left out. Bytes. */
const MAX_PICTURE = 300 * 1024;
const MAX_PICTURES = 2 * 1024 * 1024;
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

const COLOUR = [/^#[0-9a-f]{3,8}$/i, /^[a-z]{3,20}$/i, /^rgba?\([\d\s.,%]+\)$/i];
const LENGTH = [/^-?[\d.]+(?:px|em|rem|pt|%)?(?:\s+-?[\d.]+(?:px|em|rem|pt|%)?){0,3}$/i, /^auto$/i];

const STYLES = {
  color: COLOUR,
  'background-color': COLOUR,
  'text-align': [/^(?:left|right|center|justify)$/i],
  'vertical-align': [/^[a-z]+$/i],
  'font-weight': [/^(?:bold|normal|[1-9]00)$/i],
  'font-style': [/^(?:italic|normal)$/i],
  'font-size': LENGTH,
  'line-height': LENGTH,
  padding: LENGTH,
  margin: LENGTH,
  width: LENGTH,
  'max-width': LENGTH,
  'text-decoration': [/^(?:none|underline|line-through)$/i],
};

/**
 * The HTML of a mail made safe to show: no script, no form, no style sheet, no remote content (pictures only where they
 * came within the mail, as data), links that open elsewhere without a referrer.
 */
export function sanitise(html: string, mail: Pick<ParsedMail, 'attachments'>): string {
  const pictures = new Pictures(mail.attachments);
  return sanitizeHtml(html, {
    allowedTags: [...sanitizeHtml.defaults.allowedTags, 'img', 'center', 'font', 'del', 'ins'],
    allowedAttributes: {
      '*': ['style', 'align', 'valign', 'width', 'height', 'bgcolor', 'dir', 'lang', 'title'],
      a: ['href', 'target', 'rel'],
      img: ['src', 'alt'],
      font: ['color', 'size', 'face'],
      td: ['colspan', 'rowspan'],
      th: ['colspan', 'rowspan', 'scope'],
      table: ['border', 'cellpadding', 'cellspacing'],
    },
    allowedStyles: { '*': STYLES },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: { img: ['data'] },
    allowProtocolRelative: false,
    nestingLimit: 200,
    transformTags: {
      a: (_, attributes) => ({
        tagName: 'a',
        attribs: { ...attributes, target: '_blank', rel: 'noopener noreferrer nofollow' },
      }),
      img: (_, attributes) => {
        const { src = '', ...rest } = attributes;
        const data = pictures.take(src);
        const attribs: Record<string, string> = data ? { ...rest, src: data } : { alt: rest['alt'] ?? '' };
        return { tagName: 'img', attribs };
      },
    },
  });
}

/** Pictures that came within the mail, as data URLs, until the budget is spent. */
class Pictures {
  private left = MAX_PICTURES;

  constructor(private readonly parts: readonly MailPart[]) {}

  take(source: string): string | undefined {
    if (!/^cid:/i.test(source)) return undefined;
    const id = source.slice(4).trim();
    const part = this.parts.find((p) => p.cid === id);
    if (!part || !PICTURES.has(part.contentType.toLowerCase())) return undefined;
    if (part.content.length > Math.min(MAX_PICTURE, this.left)) return undefined;
    this.left -= part.content.length;
    return `data:${part.contentType.toLowerCase()};base64,${part.content.toString('base64')}`;
  }
}
