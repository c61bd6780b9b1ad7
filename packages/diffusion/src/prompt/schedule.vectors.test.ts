import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scheduleOf } from './schedule.ts';

const folder = process.env.VECTORS ?? join(import.meta.dirname, '../../test-data/vectors');
type ScheduleCase = {
  prompt: string;
  base_steps: number;
  hires_steps: number | null;
  use_old_scheduling: boolean;
  schedule: [number, string][] | { error: string };
};
const { cases } = JSON.parse(readFileSync(join(folder, 'prompt_schedule.json'), 'utf8')) as {
  cases: ScheduleCase[];
};

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
