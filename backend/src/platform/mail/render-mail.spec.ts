import { describe, expect, it } from '@jest/globals';
import * as cheerio from 'cheerio';
import { MailInvalid, renderMail } from './index.js';
import { fill, templateOf } from './mail-template.js';
import { sanitisedHtml } from './sanitised-html.js';
import type { MailBlock } from './mail.types.js';

const hostile = `<img src=x onerror=alert(1)>"'&{{heading}}<!-- end --><!-- each:rows -->`;
const blocks: MailBlock[] = [
  { type: 'text', text: `one\n${hostile}` },
  { type: 'button', label: hostile, url: 'https://x.example/a?b=1&c="2"' },
  { type: 'keyvalues', rows: [{ key: hostile, value: hostile }] },
  {
    type: 'card',
    title: hostile,
    highlight: hostile,
    note: hostile,
    badges: [hostile],
    rows: [{ key: 'k', value: hostile }],
    link: { label: hostile, url: 'https://x.example/card' },
  },
  { type: 'list', items: [{ text: hostile }, { text: 'linked', url: 'https://x.example/list' }], ordered: true },
  { type: 'code', code: hostile },
  { type: 'divider' },
];

describe('a rendered mail', () => {
  it('escapes every value, whatever it looks like', async () => {
    const { html } = await renderMail({
      locale: 'en',
      heading: hostile,
      preheader: hostile,
      footer: hostile,
      unsubscribeUrl: 'https://x.example/u',
      blocks,
    });
    const $ = cheerio.load(html);
    expect($('img, script, [onerror]').length).toBe(0);
    expect($('h1').text()).toBe(hostile);
    expect($('body').text().split('onerror=alert(1)').length - 1).toBe(15);
  });

  it('links to what the blocks say, and loads nothing', async () => {
    const { html } = await renderMail({ locale: 'en', heading: 'h', unsubscribeUrl: 'https://x.example/u', blocks });
    const $ = cheerio.load(html);
    const links = $('a')
      .map((_, a) => $(a).attr('href'))
      .get();
    expect(links).toEqual([
      'https://x.example/a?b=1&c=%222%22',
      'https://x.example/card',
      'https://x.example/list',
      'https://x.example/u',
    ]);
    expect($('link[href], [src], [background]').length).toBe(0);
    expect(html).not.toMatch(/url\(|@import/);
  });

  it('shows no part that has no value', async () => {
    const { html, text } = await renderMail({ locale: 'en', heading: 'h', blocks: [{ type: 'card', title: 'bare' }] });
    expect(cheerio.load(html)('body').text().replace(/\s+/g, ' ').trim()).toBe('Signalbox h bare');
    expect(text).toBe('h\n\nbare\n');
  });

  it('says the same in its text version', async () => {
    const { text } = await renderMail({
      locale: 'en',
      heading: 'Two deals',
      footer: 'You asked for it.',
      unsubscribeUrl: 'https://x.example/u',
      blocks: [
        {
          type: 'card',
          title: 'NYC → LIS',
          highlight: '$312',
          badges: ['Non-stop'],
          rows: [{ key: 'Cabin', value: 'Economy' }],
          link: { label: 'See it', url: 'https://x.example/1' },
        },
        { type: 'list', items: [{ text: 'a' }, { text: 'b', url: 'https://x.example/b' }], ordered: true },
      ],
    });
    expect(text.split('\n')).toEqual([
      ...[
        'Two deals',
        '',
        'NYC → LIS · $312',
        'Non-stop',
        'Cabin: Economy',
        'See it: https://x.example/1',
        '',
        '1. a',
        '2. b',
        '  https://x.example/b',
        '',
      ],
      ...['-'.repeat(40), 'You asked for it.', 'Unsubscribe: https://x.example/u', ''],
    ]);
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', '/relative', 'ftp://x.example'])(
    'refuses to link to %s',
    async (url) => {
      await expect(
        renderMail({ locale: 'en', heading: 'h', blocks: [{ type: 'button', label: 'b', url }] }),
      ).rejects.toThrow(MailInvalid);
    },
  );
});

describe('a template', () => {
  it('must end what it begins', () => {
    expect(() => templateOf('<!-- each:a -->')).toThrow('does not end');
    expect(() => templateOf('<!-- end -->')).toThrow('did not begin');
  });

  it('repeats for lists, shows once for values, and not at all for none', () => {
    const template = templateOf(
      '<!-- each:a -->[{{b}}]<!-- end --><!-- each:c -->({{c}})<!-- end --><!-- each:d -->no<!-- end -->',
    );
    expect(fill(template, { a: [{ b: '1' }, { b: '2' }], c: 'x', d: '' })).toBe('[1][2](x)');
  });
});

describe('sanitised HTML', () => {
  it('keeps the look and drops what acts or loads', () => {
    const bad = `<p style="color:red" onclick="x()">a</p><script>x()</script><img src="https://t.example/p.gif"><img src="data:image/png;base64,AA">
      <a href="javascript:x()">b</a><a href="https://x.example">c</a><div style="background:url(https://t.example)">d</div><form action="/x"><input></form><iframe src="x"></iframe><div style="position:fixed">e</div>`;
    const safe = sanitisedHtml(bad);
    expect(safe).toContain('<p style="color:red">a</p>');
    expect(safe).not.toMatch(/script|onclick|t\.example|javascript|<form|<input|iframe|position/);
    expect(safe).toContain('href="https://x.example" target="_blank" rel="noopener noreferrer nofollow"');
  });
});
