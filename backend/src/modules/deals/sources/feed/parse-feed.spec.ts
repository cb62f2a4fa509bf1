import { describe, expect, it } from '@jest/globals';
import { NotAFeed, parseFeed } from './parse-feed.js';

const feed = (text: string) => parseFeed(Buffer.from(text));

describe('a feed', () => {
  it('is read as RSS 2.0, the full content before the summary', () => {
    const { title, items } =
      feed(`<?xml version="1.0"?><rss version="2.0" xmlns:content="x"><channel><title>Fares &amp; more</title>
      <item><title>One</title><link>https://a.example/1</link><guid isPermaLink="false">g1</guid><pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate>
      <description>short</description><content:encoded><![CDATA[<p>long &pound;39</p>]]></content:encoded></item></channel></rss>`);
    expect(title).toBe('Fares & more');
    expect(items).toEqual([
      {
        id: 'g1',
        title: 'One',
        link: 'https://a.example/1',
        html: '<p>long &pound;39</p>',
        publishedAt: new Date('2026-11-20T10:00:00Z'),
      },
    ]);
  });

  it('is read as Atom', () => {
    const { items } =
      feed(`<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title><entry><id>urn:1</id><title type="html">&lt;b&gt;One&lt;/b&gt;</title>
      <link rel="self" href="https://a.example/self"/><link href="https://a.example/1"/><updated>2026-11-20T10:00:00Z</updated><summary>s</summary></entry></feed>`);
    expect(items).toMatchObject([{ id: 'urn:1', title: '<b>One</b>', link: 'https://a.example/1', html: 's' }]);
  });

  it('is read as RSS 1.0, whose items stand beside the channel', () => {
    const { items } = feed(
      `<rdf:RDF xmlns:rdf="r"><channel><title>T</title></channel><item rdf:about="https://a.example/1"><title>One</title></item></rdf:RDF>`,
    );
    expect(items).toMatchObject([{ id: 'https://a.example/1', title: 'One' }]);
  });

  it('is decoded by what it declares', () => {
    const bytes = Buffer.from(
      '<?xml version="1.0" encoding="iso-8859-1"?><rss><channel><title>Zürich</title></channel></rss>',
      'latin1',
    );
    expect(parseFeed(bytes).title).toBe('Zürich');
    expect(() => parseFeed(Buffer.from('<rss/>'), 'x-none')).toThrow('unknown character set');
  });

  it.each([
    [
      '<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><rss><channel><title>&lol2;</title></channel></rss>',
      'declares entities',
    ],
    [
      '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><rss><channel><title>&e;</title></channel></rss>',
      'declares entities',
    ],
    ['<html></html>', 'neither an RSS nor an Atom feed'],
    ['{}', 'no feed'],
    ['', 'no feed'],
    ['<a>'.repeat(10_000), 'no feed'],
    [`${'<a>'.repeat(5_000)}${'</a>'.repeat(5_000)}`, 'no feed'],
  ])('that is none is refused: %.40s', (text, words) => {
    expect(() => feed(text)).toThrow(NotAFeed);
    expect(() => feed(text)).toThrow(words);
  });

  it.each(['constructor', '__proto__', 'prototype'])('with an element called %s changes no object of ours', (name) => {
    const text = `<rss><channel><title>T</title><item><${name}><polluted>x</polluted></${name}><title>One</title></item></channel></rss>`;
    try {
      feed(text);
    } catch (error) {
      expect(error).toBeInstanceOf(NotAFeed);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
