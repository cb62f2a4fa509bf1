import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** What a module imports once types are gone, as it is written there. */
function importsOf(url: URL): string[] {
  const { outputText } = ts.transpileModule(readFileSync(url, 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ESNext },
  });
  return ts.preProcessFile(outputText).importedFiles.map(({ fileName }) => fileName);
}

describe('the client', () => {
  it('brings no package and no module of Node into a page, zod least of all', () => {
    const files = new Set<string>();
    const strangers: string[] = [];
    const walk = (url: URL) => {
      if (files.has(url.pathname)) return;
      files.add(url.pathname);
      for (const name of importsOf(url))
        if (name.startsWith('.')) walk(new URL(name.replace(/\.js$/, '.ts'), url));
        else strangers.push(`${url.pathname.split('/').at(-1)}: ${name}`);
    };
    walk(new URL('./index.ts', import.meta.url));
    expect(strangers).toEqual([]);
    expect(files.size).toBeGreaterThan(5);
  });
});
