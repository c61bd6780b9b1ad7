import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { coresIn, physicalCores } from './threads.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-threads-'));
after(() => rmSync(folder, { recursive: true }));

function machine(siblings: readonly string[]): string {
  const root = mkdtempSync(join(folder, 'cpu-'));
  mkdirSync(join(root, 'cpufreq'));
  for (const [cpu, list] of siblings.entries()) {
    mkdirSync(join(root, `cpu${cpu}/topology`), { recursive: true });
    writeFileSync(join(root, `cpu${cpu}/topology/thread_siblings_list`), `${list}\n`);
  }
  return root;
}

test('threads that share a core count once', () => {
  assert.equal(coresIn(machine(['0,2', '1,3', '0,2', '1,3'])), 2);
  assert.equal(coresIn(machine(['0', '1'])), 2);
});

test('a machine that does not say counts as unknown', () => {
  assert.equal(coresIn(join(folder, 'none')), undefined);
  assert.equal(coresIn(machine([])), undefined);
});

test('never more threads than the process may use', () => {
  const cores = physicalCores();
  assert.ok(cores >= 1 && cores <= availableParallelism());
});
