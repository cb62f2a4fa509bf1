// The order in which specs are begun.
import { createRequire } from 'node:module';

const { default: Sequencer } = createRequire(import.meta.url)('@jest/test-sequencer');

/**
 * The longest specs, the longest first. Begun last, one of them would leave the other workers idle at the end; Jest itself
 * knows how long specs took only where it ran before, and goes by the size of files in a fresh clone.
 */
export const LONGEST = [
  'backend/test/matrix/matrix.int.spec.ts',
  'backend/test/every-route.int.spec.ts',
  'backend/src/platform/jobs/jobs.faults.int.spec.ts',
  'backend/test/signal/kills.int.spec.ts',
  'backend/test/hostile/hostile.int.spec.ts',
  'backend/test/signal/webhook-kills.int.spec.ts',
  'scripts/start.int.spec.ts',
  'backend/test/signal/signal.int.spec.ts',
  'backend/src/platform/event-log/backup/restore-kills.int.spec.ts',
  'backend/test/signal/faults.int.spec.ts',
  'backend/src/cli/operator-recover.int.spec.ts',
  'backend/test/every-act.int.spec.ts',
  'backend/src/modules/users/identities/providers/issuers.int.spec.ts',
  'backend/src/platform/jobs/jobs.restored.int.spec.ts',
  'scripts/lint.spec.ts',
  'backend/src/platform/crypto/rotation-kills.int.spec.ts',
  'backend/test/pages.browser.int.spec.ts',
];

/** Jest's order, but the longest specs before all others. */
export default class LongestFirst extends Sequencer {
  /** @param {readonly {path: string}[]} tests */
  async sort(tests) {
    const place = (/** @type {{path: string}} */ { path }) => {
      const at = LONGEST.findIndex((spec) => path.endsWith(`/${spec}`));
      return at < 0 ? LONGEST.length : at;
    };
    return [...(await super.sort(tests))].sort((one, other) => place(one) - place(other));
  }
}
