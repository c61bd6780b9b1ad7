import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError } from '../errors.ts';
import { tensor } from '../tensor.ts';
import { guarded } from './guarded.ts';

async function failing(error: Error): Promise<never> {
  throw error;
}

test('an evaluation that goes on for ever is given up when the signal is aborted', async () => {
  const stop = new AbortController();
  const run = guarded(
    () => new Promise(() => {}),
    stop.signal,
    () => 1,
  );
  const running = run();
  stop.abort('enough');
  await assert.rejects(running, { code: 'generation.cancelled', cause: 'enough' });
});

test('nothing is run any more after the signal was aborted', async () => {
  let runs = 0;
  const run = guarded(
    async () => tensor([++runs]),
    AbortSignal.abort(),
    () => 1,
  );
  await assert.rejects(run(), { code: 'generation.cancelled' });
  assert.equal(runs, 0);
});

test('NaN is told with its step, other errors as they are', async () => {
  const { signal } = new AbortController();
  const run = guarded(failing, signal, () => 7);
  await assert.rejects(run(new EngineError('model.not-finite')), {
    code: 'model.not-finite',
    details: { step: 7 },
  });
  const other = new Error('other');
  await assert.rejects(run(other), other);
});

test('results pass, and leave no listener behind', async () => {
  const { signal } = new AbortController();
  const run = guarded(
    async (n: number) => tensor([n]),
    signal,
    () => 1,
  );
  for (let n = 1; n < 30; n++) assert.deepEqual((await run(n)).shape, [n]);
});
