import { describe, expect, it } from '@jest/globals';
import { jestCounts, runChecks, sum } from './checks.mjs';
import { e2eCounts } from './e2e.mjs';
import { Fault, sentence } from './fault.mjs';
import { fill } from './module-template.mjs';

const outcome = {
  numPassedTests: 5,
  numFailedTests: 1,
  numPendingTests: 2,
  numTodoTests: 1,
  numRuntimeErrorTestSuites: 0,
  numTotalTestSuites: 3,
};

describe('the counts of npm test', () => {
  it('are those of Jest', () => {
    expect(jestCounts(outcome)).toEqual({ passed: 5, failed: 1, skipped: 3 });
  });

  it('hold a suite that could not run, and a run without suites, as failed', () => {
    expect(jestCounts({ ...outcome, numRuntimeErrorTestSuites: 2 }).failed).toBe(3);
    const nothing = { ...outcome, numPassedTests: 0, numFailedTests: 0, numTotalTestSuites: 0 };
    expect(jestCounts(nothing).failed).toBe(1);
  });

  it('hold what passed at its second try as passed, and what fails outside of tests or finds none as failed', () => {
    const stats = { expected: 5, flaky: 1, unexpected: 2, skipped: 3 };
    expect(e2eCounts({ stats })).toEqual({ passed: 6, failed: 2, skipped: 3 });
    expect(e2eCounts({ stats, errors: [{}] }).failed).toBe(3);
    expect(e2eCounts({ stats: { expected: 0, flaky: 0, unexpected: 0, skipped: 0 } }).failed).toBe(1);
  });

  it('go on after a check that fails', async () => {
    const ran: string[] = [];
    const check = (name: string, ok: boolean) => ({
      name,
      run: () => Promise.resolve({ ok, output: `${ran.push(name)}` }),
    });
    const counts = await runChecks([check('a', false), check('b', true)]);
    expect([ran, counts]).toEqual([['a', 'b'], { passed: 1, failed: 1, skipped: 0 }]);
    expect(sum(counts, counts)).toEqual({ passed: 2, failed: 2, skipped: 0 });
  });

  it('runs several checks at once, each of them once', async () => {
    const ran: string[] = [];
    let running = 0;
    let most = 0;
    const slow = (name: string) => ({
      name,
      run: async () => {
        most = Math.max(most, ++running);
        await new Promise((settle) => setTimeout(settle, 5));
        running--;
        ran.push(name);
        return { ok: name !== 'b', output: '' };
      },
    });
    const counts = await runChecks(['a', 'b', 'c', 'd'].map(slow), 2);
    expect([counts, ran.sort(), most]).toEqual([{ passed: 3, failed: 1, skipped: 0 }, ['a', 'b', 'c', 'd'], 2]);
  });
});

describe('the sentence for an error', () => {
  it.each([
    [new Fault('Do this.'), /^Do this\.$/],
    [Object.assign(new Error('x'), { code: 'ENOSPC', path: '/data' }), /^The disk that holds \/data is full: .*\.$/],
    [Object.assign(new Error('x'), { code: 'EACCES', path: '/data' }), /^Signalbox may not write \/data: .*\.$/],
    [new Error('a defect'), /a defect\n\s+at /],
  ])('%s', (error, expected) => expect(sentence(error)).toMatch(expected));
});

describe('a module template', () => {
  const names = { plural: 'side-notes', singular: 'side-note', number: '0040' };

  it.each([
    ["import { Sample } from './sample.entity.js';", "import { SideNote } from './side-note.entity.js';"],
    ["@Controller('workspaces/:workspaceId/samples')", "@Controller('workspaces/:workspaceId/side-notes')"],
    ["permission: 'samples:read'", "permission: 'side_notes:read'"],
    ['create table sample (', 'create table side_note ('],
    ["'sample.created'", "'side_note.created'"],
    ['class SamplesNUMBER', 'class SideNotes0040'],
    ["summary: 'Make a sample'", "summary: 'Make a side note'"],
    ['const sampleChange = newSample', 'const sideNoteChange = newSideNote'],
  ])('%s', (text, expected) => expect(fill(text, names)).toBe(expected));
});
