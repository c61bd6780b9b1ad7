/**
 * Runs every `*.test.ts` of the workspace in random order, each in a process of its own.
 * `npm test` runs them all; `npm test -- packages/graph sampler` those whose path contains a word;
 * `--only vectors|models` the comparisons with the original programs; `SEED=n` repeats an order.
 */
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

const root = join(import.meta.dirname, '..');
const words = process.argv.slice(2);
const only = words[0] === '--only' ? words.splice(0, 2)[1] : undefined;

const found = globSync('{packages/*/src,packages/web,scripts,test,training}/**/*.test.ts', {
  cwd: root,
  exclude: (path) => /node_modules|\/build\/|\.svelte-kit/.test(String(path)),
});
const chosen = [...new Set(found)].filter((file) =>
  only !== undefined
    ? file.endsWith(`.${only}.test.ts`)
    : words.length === 0 || words.some((word) => file.includes(word)),
);
if (chosen.length === 0) {
  console.error(`No test file matches ${[only, ...words].join(' ')}.`);
  process.exit(2);
}

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const order = shuffle(chosen.toSorted(), seed);
console.log(`${order.length} test files, in random order (SEED=${seed})`);
run({ files: order.map((file) => join(root, file)), concurrency: availableParallelism(), timeout: 600_000 })
  .on('test:fail', () => (process.exitCode = 1))
  .compose(spec)
  .pipe(process.stdout);

function shuffle<T>(items: readonly T[], from: number): T[] {
  const result = [...items];
  let state = from >>> 0;
  for (let i = result.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [result[i], result[j]] = [result[j], result[i]];
  }
  return result;
}
