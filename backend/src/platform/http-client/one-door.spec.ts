import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const SOURCES = resolve(import.meta.dirname, '../..');

/** Ways to open a connection that the checks of this room do not stand before. */
const OTHER_DOORS =
  /from 'undici'|from 'node:(?:https|dgram|http2)'|\b(?:request|get)\b[^;]*from 'node:http'|\bconnect\b[^;]*from 'node:(?:net|tls)'|(?<![.\w]|private |async )fetch\(|from 'node:dns/;

/** What may: this room, and a model on the operator's own machine, whose address only a setting names. */
const KNOWN = [
  'modules/deals/parser/ollama.ts',
  'platform/http-client/exchange.ts',
  'platform/http-client/guarded-connections.ts',
  'platform/http-client/http-client.ts',
];

describe('requests to hosts that people name', () => {
  it('leave by the guarded client only', () => {
    const files = globSync('**/*.ts', { cwd: SOURCES }).filter((file) => !file.endsWith('.spec.ts'));
    const found = files.filter((file) => OTHER_DOORS.test(readFileSync(join(SOURCES, file), 'utf8')));
    expect(found.sort()).toEqual(KNOWN);
  });

  it.each([
    "import { fetch } from 'undici';",
    "import { request } from 'node:https';",
    "import { type Server, request as ask } from 'node:http';",
    "import { connect } from 'node:tls';",
    'const answer = await fetch(url);',
    "import { lookup } from 'node:dns/promises';",
  ])('would be found elsewhere: %s', (line) => expect(line).toMatch(OTHER_DOORS));

  it.each([
    "import type { Socket } from 'node:net';",
    "import { isIP } from 'node:net';",
    'this.fetch(url)',
    'private async fetch(',
  ])('are not taken for what they are not: %s', (line) => expect(line).not.toMatch(OTHER_DOORS));
});
