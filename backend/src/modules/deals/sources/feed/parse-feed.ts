import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** One entry of a feed. */
export interface FeedItem {
  /** The publisher's own id, or the link. */
  id: string;
  title: string;
  link: string | null;
  html: string;
  publishedAt: Date | null;
}

/** What a feed holds. */
export interface Feed {
  title: string;
  items: FeedItem[];
}

/** The answer is no feed, or one made to harm; the message is a sentence for people. */
export class NotAFeed extends Error {
  override readonly name = 'NotAFeed';
}

const MAX_ITEMS = 500;
type Node = Record<string, unknown>;

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: true,
  cdataPropName: false,
  htmlEntities: true,
  maxNestedTags: 100,
  processEntities: {
    enabled: true,
    maxTotalExpansions: 500_000,
    maxExpandedLength: 10_000_000,
    maxEntityCount: 0,
    maxExpansionDepth: 1,
  },
  // Text constructs of Atom may hold markup as it stands.
  stopNodes: ['*.xhtml:div'],
});

/**
 * Reads an RSS 0.9x, 1.0, 2.0 or Atom 1.0 feed. A document that declares entities of its own is refused: feeds need none,
 * and they are how small documents grow large.
 *
 * @param charset of the HTTP answer, if it said one
 * @throws NotAFeed
 */
export function parseFeed(bytes: Buffer, charset?: string): Feed {
  const text = textOf(bytes, charset);
  if (/<!ENTITY/i.test(text)) throw new NotAFeed('The feed declares entities of its own, which is not accepted.');
  const root = treeOf(text);
  const rss = nodeOf(root['rss'])?.['channel'] ?? nodeOf(root['rdf:RDF'])?.['channel'];
  const atom = nodeOf(root['feed']);
  if (rss !== undefined) {
    const channel = nodeOf(first(rss)) ?? {};
    const items = channel['item'] ?? nodeOf(root['rdf:RDF'])?.['item'];
    return { title: plain(channel['title']), items: nodes(items).map(rssItem) };
  }
  if (atom) return { title: plain(atom['title']), items: nodes(atom['entry']).map(atomEntry) };
  throw new NotAFeed('The answer is neither an RSS nor an Atom feed.');
}

function treeOf(text: string): Node {
  try {
    if (XMLValidator.validate(text, { allowBooleanAttributes: true }) === true) return parser.parse(text) as Node;
  } catch (error) {
    throw new NotAFeed('The answer is not well-formed XML, so it is no feed.', { cause: error });
  }
  throw new NotAFeed('The answer is not well-formed XML, so it is no feed.');
}

function rssItem(item: Node): FeedItem {
  const link = plain(item['link']) || plain(item['@rdf:about']) || null;
  const title = plain(item['title']);
  return {
    id: plain(item['guid']) || link || title,
    title,
    link,
    html: plain(item['content:encoded']) || plain(item['description']),
    publishedAt: dateOf(plain(item['pubDate']) || plain(item['dc:date'])),
  };
}

function atomEntry(entry: Node): FeedItem {
  const links = nodes(entry['link']);
  const chosen = links.find((l) => (l['@rel'] ?? 'alternate') === 'alternate') ?? links[0];
  const link = plain(chosen?.['@href']) || null;
  const title = plain(entry['title']);
  return {
    id: plain(entry['id']) || link || title,
    title,
    link,
    html: plain(entry['content']) || plain(entry['summary']),
    publishedAt: dateOf(plain(entry['published']) || plain(entry['updated'])),
  };
}

/** The text of a node: its own, or that of what it holds. */
function plain(value: unknown, depth = 0): string {
  if (value === undefined || value === null || depth > 20) return '';
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value))
    return value
      .map((inner) => plain(inner, depth + 1))
      .filter(Boolean)
      .join(' ');
  const parts = Object.entries(value).filter(([name]) => !name.startsWith('@'));
  return parts
    .map(([, inner]) => plain(inner, depth + 1))
    .filter(Boolean)
    .join(' ');
}

function nodes(value: unknown): Node[] {
  const list = value === undefined ? [] : Array.isArray(value) ? value : [value];
  return list.slice(0, MAX_ITEMS).map((item) => nodeOf(item) ?? { '#text': item });
}

function nodeOf(value: unknown): Node | undefined {
  return typeof value === 'object' && value !== null ? (value as Node) : undefined;
}

function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

function dateOf(text: string): Date | null {
  const at = Date.parse(text);
  return Number.isFinite(at) ? new Date(at) : null;
}

/** The declared encoding: of the answer first, then of the document, else UTF-8. */
function textOf(bytes: Buffer, charset: string | undefined): string {
  const head = bytes.subarray(0, 200).toString('latin1');
  const declared = charset ?? /<\?xml[^>]*encoding=["']([\w.:-]+)["']/i.exec(head)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(declared).decode(bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_ENCODING_NOT_SUPPORTED') throw error;
    throw new NotAFeed(`The feed is written in an unknown character set ("${declared.slice(0, 40)}").`);
  }
}
