import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurns } from './turns.ts';

test('no more than are allowed work at once, in order, and all are answered', async () => {
  const inTurn = createTurns(2);
  const begun: number[] = [];
  let [busy, most] = [0, 0];
  const answers = await Promise.all(
    Array.from({ length: 9 }, (_, i) =>
      inTurn(async () => {
        begun.push(i);
        most = Math.max(most, ++busy);
        await new Promise((resolve) => setImmediate(resolve));
        busy--;
        return i;
      }),
    ),
  );
  assert.deepEqual([answers, begun, most], [answers.toSorted(), answers, 2]);
});

test('what fails makes way too', async () => {
  const inTurn = createTurns(1);
  const wrong = inTurn(() => Promise.reject(new Error('wrong')));
  const right = inTurn(() => Promise.resolve('right'));
  await assert.rejects(wrong, /wrong/);
  assert.equal(await right, 'right');
  assert.equal(await inTurn(() => Promise.resolve(7)), 7);
});
