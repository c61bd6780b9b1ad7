import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineError } from '../errors.ts';
import { findScheduler, schedulers } from '../schedule/registry.ts';
import { promptSteps } from './plan.ts';
import { findSampler, samplers } from './registry.ts';

test('A1111’s 20 samplers and 12 schedules, in its order', () => {
  assert.equal(samplers.length, 20);
  assert.equal(samplers[0].name, 'DPM++ 2M');
  assert.equal(schedulers.length, 12);
  assert.equal(schedulers[0].label, 'Automatic');
});

test('no name stands for two', () => {
  for (const names of [
    samplers.flatMap(({ name, aliases }) => [name, ...aliases]),
    schedulers.flatMap(({ label, aliases }) => [label, ...aliases]),
    schedulers.map(({ name }) => name),
  ]) {
    assert.equal(new Set(names).size, names.length, String(names));
  }
});

test('every name, label and alias is found, in any case', () => {
  for (const sampler of samplers) {
    for (const name of [sampler.name, ...sampler.aliases]) {
      assert.equal(findSampler(name.toUpperCase()), sampler);
    }
  }
  for (const scheduler of schedulers) {
    for (const name of [scheduler.name, scheduler.label, ...scheduler.aliases]) {
      assert.equal(findScheduler(name.toLowerCase()), scheduler);
    }
  }
});

test('default schedules exist', () => {
  for (const { defaultScheduler } of samplers) {
    if (defaultScheduler !== undefined) assert.ok(findScheduler(defaultScheduler).schedule);
  }
});

test('unknown names are refused with the known ones', () => {
  assert.throws(
    () => findSampler('Eulr'),
    (error: EngineError) => error.code === 'sampler.unknown' && /"Eulr".*Euler a, Euler,/.test(error.message),
  );
  assert.throws(
    () => findScheduler('Turbo'),
    (error: EngineError) => error.code === 'scheduler.unknown' && /Karras/.test(error.message),
  );
});

test('prompt schedules count two calls a step for second-order samplers', () => {
  assert.equal(promptSteps(findSampler('Euler'), 20), 20);
  assert.equal(promptSteps(findSampler('Heun'), 20), 40);
});
