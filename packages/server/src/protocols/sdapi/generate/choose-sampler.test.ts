import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseSampler } from './choose-sampler.ts';

for (const [sampler_name, sampler_index, scheduler, sampler, label] of [
  [null, 'Euler', null, 'Euler', 'Automatic'],
  ['Euler a', 'Euler', null, 'Euler a', 'Automatic'],
  ['', 'Heun', '', 'Heun', 'Automatic'],
  ['DPM++ 2M Karras', 'Euler', null, 'DPM++ 2M', 'Automatic'],
  ['Euler Karras', 'Euler', null, 'Euler', 'Karras'],
  ['Euler', 'Euler', 'sgm_uniform', 'Euler', 'SGM Uniform'],
  ['Euler Karras', 'Euler', 'Exponential', 'Euler', 'Exponential'],
  ['no such sampler', 'Euler', 'no such schedule', 'DPM++ 2M', 'Automatic'],
] as const) {
  test(`${sampler_name} or ${sampler_index} with ${scheduler} is ${sampler}, ${label}`, () => {
    assert.deepEqual(chooseSampler({ sampler_name, sampler_index, scheduler }), {
      sampler,
      scheduler: label,
    });
  });
}
