import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';
import { eventCatalogue } from '#contract/events/index.js';
import { activityTarget } from '#platform/filters/index.js';
import type { WordsOf } from '#platform/language/index.js';

// Whatever people read outside the console is in every language: a text that lacks one, or that stands outside of a
// dictionary, fails here.

const SRC = join(import.meta.dirname, '../src');
const files = (readdirSync(SRC, { recursive: true }) as string[])
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
  .map((path) => join(SRC, path));
const sources = new Map(files.map((path) => [path, readFileSync(path, 'utf8')]));
const using = (pattern: RegExp) => [...sources].filter(([, text]) => pattern.test(text)).map(([path]) => path);
const named = (paths: string[]) => paths.map((path) => relative(SRC, path));

/** Texts that are the same in every language. */
const NAMES = new Set(['Signalbox', 'Webhook', 'Slack', 'Discord']);
const HAN = /\p{Script=Han}/u;
/** Half-width punctuation beside a Chinese character; a hyphen, a slash and figures with their signs may stand there. */
const NARROW = /(\p{Script=Han}\s?[,;:!?()"']|[,;!?()"']\s?\p{Script=Han}|\p{Script=Han}\.(\s|$)|[“”]\s|\s[“”])/u;
/** A Latin word or a figure that touches a Chinese character, which typesetters keep apart. */
const CROWDED = /(\p{Script=Han}[A-Za-z0-9]|[A-Za-z0-9]\p{Script=Han})/u;

const dictionaries = new Map<string, WordsOf<object>['dictionary']>();
for (const path of using(/inLanguages[<(]/).filter((one) => one.endsWith('words.ts'))) {
  const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  for (const [name, value] of Object.entries(module)) collect(`${relative(SRC, path)} ${name}`, value);
}

function collect(name: string, value: unknown): void {
  if (typeof value === 'function' && 'dictionary' in value)
    dictionaries.set(name, (value as WordsOf<object>).dictionary);
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) collect(`${name}.${key}`, inner);
}

type Text = string | ((...values: unknown[]) => string);

/** The texts of one language by their paths. */
function textsOf(words: object, path = ''): Map<string, Text> {
  const found = new Map<string, Text>();
  for (const [key, value] of Object.entries(words) as [string, unknown][]) {
    const at = path === '' ? key : `${path}.${key}`;
    if (typeof value === 'object' && value !== null)
      for (const [inner, text] of textsOf(value, at)) found.set(inner, text);
    else found.set(at, value as Text);
  }
  return found;
}

/** What a text says, given values that can be told from it: by all, then as of one, since many texts differ by number. */
function said(text: Text | undefined): string[] {
  if (typeof text !== 'function') return [text ?? ''];
  // Parameters of either language: one that ignores the last has fewer.
  const values = [0, 1, 2, 3];
  return [text(...values.map((n) => 71 + n)), text(...values.map((n) => `N${n}N`))];
}

function valuesIn(text: string): string[] {
  return (text.match(/7[1-4]|N\dN/g) ?? []).sort();
}

describe.each([...dictionaries])('%s', (_, { en, zh }) => {
  const [english, chinese] = [textsOf(en), textsOf(zh)];

  it('has each text in each language', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('says the same values, and ends sentences alike', () => {
    for (const [path, text] of english) {
      const [ours, theirs] = [said(text), said(chinese.get(path))];
      expect([path, theirs.map(valuesIn)]).toEqual([path, ours.map(valuesIn)]);
      expect([path, theirs.every((one) => one.trim() !== '')]).toEqual([path, true]);
      if (/[.!?]$/.test(ours[0]!)) expect([path, theirs[0]]).toEqual([path, expect.stringMatching(/[。！？]$/u)]);
      if (ours[0]!.endsWith(':')) expect([path, theirs[0]]).toEqual([path, expect.stringMatching(/：$/u)]);
    }
  });

  it('is Chinese in Chinese, with its punctuation', () => {
    for (const [path, text] of chinese)
      for (const one of said(text)) {
        const plain = one.replaceAll(/N\dN|7[1-4]/g, '');
        if (NAMES.has(one) || one.replaceAll(/[^\p{L}]/gu, '') === '' || plain.replaceAll(/[^\p{L}]/gu, '') === '')
          continue;
        expect([path, one]).toEqual([path, expect.stringMatching(HAN)]);
        expect([path, one]).not.toEqual([path, expect.stringMatching(NARROW)]);
        expect([path, one.replaceAll('N', '')]).not.toEqual([path, expect.stringMatching(CROWDED)]);
      }
  });
});

it('every type of event has its sentence', () => {
  const sentences = dictionaries.get('modules/notifications/generic/event-words.ts eventWords')!;
  expect(Object.keys(sentences.zh).sort()).toEqual(Object.keys(eventCatalogue).sort());
});

it('every subject of events has a name that suggestions call it by', () => {
  const { subjects } = dictionaries.get('modules/subscriptions/ideas/idea-words.ts ideaWords')!.en as {
    subjects: object;
  };
  const told = new Set(
    activityTarget.events.map((type) => (eventCatalogue[type] as { readonly subject: string }).subject),
  );
  expect([...told].filter((subject) => !Object.hasOwn(subjects, subject))).toEqual([]);
});

/** Files that write mails, notifications, templates of subscriptions or chat messages. */
const SAYING = /queueMail\(|renderMail\(|kinds\.register\(|fallBackTo\(|: MailBlock\[?\]?|: Notification\b/;
const SAID = new Set(['subject', 'preheader', 'heading', 'text', 'label', 'footer', 'note', 'title', 'description']);

/** The texts in a file that are given to people as they stand. */
function literals(path: string): string[] {
  const source = ts.createSourceFile(path, sources.get(path)!, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && ts.isIdentifier(node.name)) {
      const { parent } = node;
      const pair = parent.properties.some(({ name }) => name && ts.isIdentifier(name) && name.text === 'value');
      if (SAID.has(node.name.text) || (node.name.text === 'key' && pair)) words(node.initializer, found);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function words(node: ts.Expression, found: string[]): void {
  if (ts.isStringLiteralLike(node) && /\p{L}{2}/u.test(node.text)) found.push(node.text);
  if (ts.isTemplateExpression(node)) {
    const text = [node.head, ...node.templateSpans.map(({ literal }) => literal)].map((part) => part.text).join('…');
    if (/\p{L}{2}/u.test(text)) found.push(text);
  }
  if (ts.isConditionalExpression(node)) [node.whenTrue, node.whenFalse].forEach((one) => words(one, found));
  if (ts.isBinaryExpression(node)) [node.left, node.right].forEach((one) => words(one, found));
  if (ts.isParenthesizedExpression(node)) words(node.expression, found);
}

describe('no text stands outside of a dictionary', () => {
  it.each(named(using(SAYING)).filter((path) => !/words\.ts$|example/.test(path)))('%s', (path) => {
    expect(literals(join(SRC, path))).toEqual([]);
  });

  it('no dictionary stands where it is not walked', () => {
    const outside = using(/inLanguages[<(]\{|inLanguages<\w+>\(/).filter(
      (path) => !/words\.ts$|language\.ts$/.test(path),
    );
    expect(named(outside)).toEqual([]);
  });

  it('pages take theirs from one', () => {
    const pages = named(using(/<!doctype html>/)).filter((path) => !/feed-reader|openapi/.test(path));
    expect(pages.length).toBeGreaterThan(0);
    for (const path of pages) {
      const text = sources.get(join(SRC, path))!;
      expect(text).toMatch(/<html lang="\$\{/);
      expect(text.match(/<(?:p|h1|title|button|a)\b[^>]*>(?!Signalbox<)[^<$]*\p{L}{2}[^<]*/gu) ?? []).toEqual([]);
    }
  });
});
