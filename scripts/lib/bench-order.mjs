// What is asked of `npm run bench`.
import { Fault } from './fault.mjs';

/**
 * Tells benchmarks from options: `npm run bench http -- --profile` is the benchmark `http`, told `--profile`.
 * @param {string[]} args as they stand on the command line
 * @param {string[]} known the benchmarks that there are
 * @returns {{names: string[], options: string[]}} what to run, in this order, and what each is told
 */
export function readOrder(args, known) {
  const options = args.filter((arg) => arg.startsWith('--'));
  const names = args.filter((arg) => !arg.startsWith('--'));
  const unknown = names.find((name) => !known.includes(name));
  if (unknown) throw new Fault(`There is no benchmark "${unknown}"; there are: ${known.join(', ')}.`);
  return { names: names.length > 0 ? names : [...known].sort(), options };
}
