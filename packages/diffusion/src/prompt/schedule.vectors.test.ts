import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readVectors } from '@bottega/testing';
import { scheduleOf } from './schedule.ts';

type ScheduleCase = {
  prompt: string;
  base_steps: number;
  hires_steps: number | null;
  use_old_scheduling: boolean;
  schedule: [number, string][] | { error: string };
};
const { cases } = readVectors<{ cases: ScheduleCase[] }>('prompt_schedule');

for (const expected of cases) {
  const {
    prompt,
    base_steps: steps,
    hires_steps: hires,
    use_old_scheduling: oldTimelines,
    schedule,
  } = expected;
  const read = () => scheduleOf(prompt, { steps, hiresSteps: hires ?? undefined, oldTimelines });
  test(`schedule of ${JSON.stringify(prompt).slice(0, 60)}, ${steps} + ${hires} steps, ${oldTimelines}`, () => {
    if (!Array.isArray(schedule)) {
      assert.throws(read, { code: 'request.invalid' });
      return;
    }
    const actual = read().map(({ endAtStep, text }) => [endAtStep, text]);
    assert.deepEqual(actual, schedule);
  });
}
