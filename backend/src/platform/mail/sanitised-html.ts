import sanitizeHtml from 'sanitize-html';

const TAGS =
  'a abbr b blockquote br center code div em font h1 h2 h3 h4 h5 h6 hr i img li ol p pre s small span strong sub sup table tbody td tfoot th thead tr u ul'.split(
    ' ',
  );
const LOOKS =
  'align bgcolor border cellpadding cellspacing class color colspan dir height lang role rowspan style title valign width'.split(
    ' ',
  );
// What a style could load, run, or lay over the page around it.
const REACHES_OUT = /url\s*\(|image-set|expression|@|\\|position\s*:|behavior|-moz-binding/i;

/** HTML that shows a mail and does nothing else: no scripts, no forms, nothing loaded from elsewhere. */
export function sanitisedHtml(html: string): string {
  return sanitizeHtml(html, {
    allowedTags: TAGS,
    allowedAttributes: { '*': LOOKS, a: ['href', 'rel', 'target', ...LOOKS], img: ['alt', 'src', ...LOOKS] },
    allowedSchemes: ['http', 'https', 'mailto'],
    allowedSchemesByTag: { img: ['data'] },
    allowProtocolRelative: false,
    parseStyleAttributes: false,
    nonTextTags: ['style', 'script', 'textarea', 'option', 'noscript', 'title', 'svg', 'math', 'iframe', 'object'],
    transformTags: {
      '*': (tagName, attribs) => ({
        tagName,
        attribs: REACHES_OUT.test(attribs['style'] ?? '') ? { ...attribs, style: '' } : attribs,
      }),
      a: (tagName, attribs) => ({
        tagName,
        attribs: { ...attribs, target: '_blank', rel: 'noopener noreferrer nofollow' },
      }),
    },
  });
}
