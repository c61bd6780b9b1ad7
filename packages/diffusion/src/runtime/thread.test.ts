import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { add, floats, graphOf, input, symbol } from '@bottega/graph';
import { tensor } from '../tensor.ts';
import { openSession } from './session.ts';
import { perform, warmUp } from './thread.ts';

const x = input('x', 'f32', [symbol('n')]);
const increment = graphOf({ y: add(x, floats([1])) });

test('a session computes, and runs asked for at once come back each with its own result', async () => {
  warmUp();
  const session = await openSession(increment, undefined);
  const results = await Promise.all(
    [1, 2, 3].map((value) => session.run({ x: tensor([2], Float32Array.of(value, -value)) }, 'y')),
  );
  assert.deepEqual(
    results.map(({ shape, data }) => [shape, [...data]]),
    [
      [[2], [2, 0]],
      [[2], [3, -1]],
      [[2], [4, -2]],
    ],
  );
  await session.dispose();
});

test('what the runtime refuses is an error with its reason, and does no harm to others', async () => {
  const session = await openSession(increment, undefined);
  const run = (feeds: object) => session.run(feeds as Parameters<typeof session.run>[0], 'y');
  await assert.rejects(run({}), { code: 'runtime.failed', message: /x/ });
  await assert.rejects(run({ x: { shape: [1], data: BigInt64Array.of(1n) } }), { code: 'runtime.failed' });
  await assert.rejects(openSession(increment, undefined, { device: 'abacus' }), { code: 'runtime.failed' });
  await assert.rejects(perform({ task: 'open', model: new Uint8Array(9), settings }), {
    code: 'runtime.failed',
  });
  assert.deepEqual([...(await run({ x: tensor([1]) })).data], [1]);
  await session.dispose();
  await assert.rejects(run({ x: tensor([1]) }), { code: 'runtime.failed', message: /no session/ });
});

const settings = { optimise: false, prepack: false, threads: 1, device: 'cpu', weightsFolder: '/' };

test('an idle thread does not keep a program alive', () => {
  const script = `
    import { warmUp } from ${JSON.stringify(join(import.meta.dirname, 'thread.ts'))};
    import { matrixRate } from ${JSON.stringify(join(import.meta.dirname, 'matrix-rate.ts'))};
    console.log((await matrixRate({ seconds: 0, threads: 1 })) > 0);
    warmUp();`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module-typescript', '-e', script],
    {
      encoding: 'utf8',
    },
  );
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: 'true\n', stderr: '' });
});

test('a process that has warmed up and has nothing to do ends by itself', () => {
  const thread = JSON.stringify(new URL('./thread.ts', import.meta.url).href);
  const program = `(await import(${thread})).warmUp()`;
  const ended = spawnSync(process.execPath, ['--input-type=module', '-e', program], { timeout: 60_000 });
  assert.equal(ended.signal, null);
  assert.equal(ended.status, 0, String(ended.stderr));
});
