import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english, translations } from '@zxcvbn-ts/language-en';
import type { Estimate, EstimateTask } from './password-strength.js';

// zxcvbn's time grows with the length and, steeply, with the characters that may stand for others: 64 characters of base64
// take it seconds with its own limits, and 0.1 s with these. It has a thread of its own, after everything else.
const zxcvbn = new ZxcvbnFactory({
  translations,
  graphs: adjacencyGraphs,
  dictionary: { ...common, ...english },
  maxLength: 64,
  l33tMaxSubstitutions: 8,
});

// On Linux this is about the thread that asks; elsewhere it would be about the whole process.
if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);

function estimate({ password, words }: EstimateTask): Estimate {
  const { score, feedback, crackTimes } = zxcvbn.check(password, words);
  const { display } = crackTimes.offlineSlowHashingXPerSecond;
  return { score, time: display, warning: feedback.warning, suggestions: feedback.suggestions };
}

parentPort?.on('message', (task: EstimateTask) => parentPort?.postMessage({ output: estimate(task) }));
parentPort?.postMessage({ ready: true });
