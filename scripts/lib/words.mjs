// The console's words: that each is marked for translation, and that each is translated.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTemplate, TmplAstRecursiveVisitor, tmplAstVisitAll } from '@angular/compiler';
import { ConsoleLogger, LogLevel, NodeJSFileSystem } from '@angular/compiler-cli';
import { MessageExtractor } from '@angular/localize/tools';
import { root } from './paths.mjs';

const APP = join(root, 'frontend/src/app');
const WORD = /\p{L}{2,}/u;
/** Attributes and inputs that people read. */
const READ = new Set([
  'alt',
  'aria-description',
  'aria-label',
  'heading',
  'hint',
  'label',
  'lead',
  'name',
  'placeholder',
  'title',
]);
/** What is the same in every language: our name, code, what protocols and units are called. */
const SAME = /^(?:Signalbox|[#.\/].*|.*[:<>=@{/.]\S.*|\w+_…|Authorization|CSV|Discord|GET|POST|Slack|ms|webhook-\w+)$/s;
/** Elements whose text is no language. */
const CODE = new Set(['code', 'kbd', 'pre', 'samp']);
/** Form controls have a `name` that nobody reads. */
const NAMED = new Set(['button', 'fieldset', 'form', 'input', 'meta', 'select', 'textarea']);

/**
 * Texts of templates that no translator would see.
 * @returns {string[]} one line each
 */
export function unmarkedWords() {
  return templates().flatMap(({ path, text, line }) => {
    const { nodes } = parseTemplate(text, path, { preserveWhitespaces: true });
    const visitor = new Unmarked();
    tmplAstVisitAll(visitor, nodes ?? []);
    return visitor.found.map(({ words, at }) => `${path}:${line + at}: "${words}" is not marked (i18n)`);
  });
}

/** @returns {{path: string, text: string, line: number}[]} every template, and the line before it */
function templates() {
  const files = readdirSync(APP, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.html$|(?<!\.spec)\.ts$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes('/api/generated/'));
  return files.flatMap((path) => {
    const text = readFileSync(path, 'utf8');
    const name = path.slice(root.length + 1);
    if (path.endsWith('.html')) return [{ path: name, text, line: 1 }];
    return [...text.matchAll(/^\s*template:\s*`((?:[^`\\]|\\.)*)`/gm)].map((found) => ({
      path: name,
      text: found[1] ?? '',
      line: text.slice(0, found.index).split('\n').length,
    }));
  });
}

class Unmarked extends TmplAstRecursiveVisitor {
  /** @type {{words: string, at: number}[]} */
  found = [];
  inside = false;

  /** @param {import('@angular/compiler').TmplAstElement} element @override */
  visitElement(element) {
    this.attributes(element);
    this.within(element, () => super.visitElement(element));
  }

  /** @param {import('@angular/compiler').TmplAstTemplate} template @override */
  visitTemplate(template) {
    this.within(template, () => super.visitTemplate(template));
  }

  /** @param {import('@angular/compiler').TmplAstContent} content @override */
  visitContent(content) {
    this.within(content, () => super.visitContent(content));
  }

  /** @param {import('@angular/compiler').TmplAstText} text @override */
  visitText(text) {
    this.words(text.value, text);
  }

  /** @param {import('@angular/compiler').TmplAstBoundText} text @override */
  visitBoundText(text) {
    this.words(boundWords(text), text);
  }

  /** @param {{i18n?: unknown, name?: string}} node @param {() => void} work */
  within(node, work) {
    const before = this.inside;
    this.inside ||= node.i18n !== undefined || CODE.has(node.name ?? '');
    work();
    this.inside = before;
  }

  /** @param {import('@angular/compiler').TmplAstElement} element */
  attributes({ name: element, attributes }) {
    for (const { name, value, i18n, sourceSpan } of attributes)
      if (READ.has(name) && i18n === undefined && !(name === 'name' && NAMED.has(element)))
        this.words(value, { sourceSpan }, false);
  }

  /** @param {string} words @param {{sourceSpan: import('@angular/compiler').ParseSourceSpan}} node */
  words(words, { sourceSpan }, inside = this.inside) {
    const text = words.trim();
    if (inside || !WORD.test(text) || SAME.test(text)) return;
    this.found.push({ words: text.replace(/\s+/g, ' ').slice(0, 60), at: sourceSpan.start.line });
  }
}

/** @param {import('@angular/compiler').TmplAstBoundText} text */
function boundWords({ value }) {
  const { ast } = /** @type {import('@angular/compiler').ASTWithSource} */ (value);
  return 'strings' in ast ? /** @type {string[]} */ (ast.strings).join(' ') : '';
}

/**
 * What the built console says: what it asks translations for when it runs.
 * @returns {Map<string, string>} messages by their id, placeholders as `{$NAME}`
 */
export function builtWords() {
  const dist = join(root, 'frontend/dist');
  const reader = new MessageExtractor(new NodeJSFileSystem(), new ConsoleLogger(LogLevel.error), {
    basePath: /** @type {never} */ (dist),
    useSourceMaps: false,
  });
  const files = readdirSync(dist).filter((name) => /^(?:main|chunk)-.*\.js$/.test(name));
  /** @type {{id: string, text: string}[]} */
  const messages = files.flatMap((name) => reader.extractMessages(join(dist, name)));
  return new Map(messages.map(({ id, text }) => [id, text]));
}

/**
 * What a language lacks, and what of it is wrong.
 * @param {Map<string, string>} words
 * @param {Record<string, string>} translations by id
 * @returns {string[]} one line each
 */
export function translationFaults(words, translations) {
  return [...words].flatMap(([id, text]) => {
    const translated = translations[id];
    if (translated === undefined) return [`"${id}": ${JSON.stringify(text)} is not translated`];
    const [wanted, given] = [text, translated].map((one) => (one.match(/\{\$\w+\}/g) ?? []).sort().join(' '));
    return wanted === given ? [] : [`"${id}": has the placeholders ${given || 'none'} for ${wanted || 'none'}`];
  });
}
