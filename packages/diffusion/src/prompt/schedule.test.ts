import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { scheduleOf } from './schedule.ts';

const steps = 20;
const textsOf = (prompt: string) =>
  scheduleOf(prompt, { steps }).map(({ endAtStep, text }) => [endAtStep, text]);

test('text without brackets, bars and backslashes is its own schedule', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      fc.pre(!/[[|\\]/.test(text));
      assert.deepEqual(textsOf(text), [[steps, text]]);
    }),
  );
});

test('any text has a schedule that ends with the last step, in rising order', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'()[]:|a3. \\\n') }), (prompt) => {
      const ends = scheduleOf(prompt, { steps }).map(({ endAtStep }) => endAtStep);
      assert.equal(ends.at(-1), steps);
      assert.ok(ends.every((end, i) => end >= 1 && (i === 0 || end > ends[i - 1])));
    }),
  );
});

test('well-formed schedules may be nested in any way', () => {
  const { schedule } = fc.letrec<{ schedule: { prompt: string; first: string } }>((tie) => ({
    schedule: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom('a', 'b c', 'd, ', '').map((prompt) => ({ prompt, first: prompt })),
      fc
        .tuple(tie('schedule'), tie('schedule'))
        .map(([a, b]) => ({ prompt: a.prompt + b.prompt, first: a.first + b.first })),
      tie('schedule').map((a) => ({ prompt: `(${a.prompt}:1.2)`, first: `(${a.first}:1.2)` })),
      fc
        .tuple(tie('schedule'), tie('schedule'))
        .map(([a, b]) => ({ prompt: `[${a.prompt}:${b.prompt}:3]`, first: a.first })),
      fc
        .tuple(tie('schedule'), tie('schedule'))
        .map(([a, b]) => ({ prompt: `[${a.prompt}|${b.prompt}]`, first: a.first })),
    ),
  }));
  fc.assert(
    fc.property(schedule, ({ prompt, first }) => assert.equal(scheduleOf(prompt, { steps })[0].text, first)),
  );
});

test('where the original wavers, schedules are read', () => {
  assert.deepEqual(textsOf('[a:b:3]('), [
    [3, 'a('],
    [20, 'b('],
  ]);
});

test('a bar or a bad backslash makes the whole prompt text', () => {
  for (const prompt of ['[a:b:3] |', '[a:b:3] \\', '[a:b:3] \\\n', '([a|b]|c)']) {
    assert.deepEqual(textsOf(prompt), [[steps, prompt]]);
  }
});

test('a switch at infinity is refused', () => {
  assert.throws(() => scheduleOf('[a:b:1e999]', { steps }), { code: 'request.invalid' });
});

test('schedules nested 25,000 deep are read', () => {
  const prompt = `${'['.repeat(25_000)}a${':1]'.repeat(25_000)}`;
  assert.deepEqual(textsOf(prompt), [
    [1, ''],
    [20, 'a'],
  ]);
});
