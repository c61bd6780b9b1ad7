import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tensor } from '../tensor.ts';
import { sessionPool } from './session-pool.ts';
import type { Session } from './session.ts';

const one = async () => tensor([1]);

/** Opens sessions that tell what happens to them. */
function recorder() {
  const log: string[] = [];
  const open = (name: string) => (): Promise<Session> => {
    log.push(`open ${name}`);
    const runAll = async (feeds: object) => {
      log.push(`run ${name} ${Object.keys(feeds).join()}`);
      return [tensor([1])];
    };
    return Promise.resolve({ run: one, runAll, dispose: async () => void log.push(`close ${name}`) });
  };
  const variant = (key: string) => ({ key, open: open(key), feeds: { strengths: tensor([1]) } });
  return { log, open, variant };
}

test('a session is opened once, and variants are fed what they take', async () => {
  const { log, open, variant } = recorder();
  const pool = sessionPool(open('plain'), 4);
  const x = tensor([1]);
  await Promise.all([pool.run({ x }, ['y']), pool.run({ x }, ['y'])]);
  await pool.run({ x }, ['y'], variant('a'));
  await pool.run({ x }, ['y'], variant('a'));
  await pool.dispose();
  assert.deepEqual(log, [
    'open plain',
    'run plain x',
    'run plain x',
    'open a',
    'run a x,strengths',
    'run a x,strengths',
    'close plain',
    'close a',
  ]);
});

test('the session that has not run for longest makes room', async () => {
  const { log, open, variant } = recorder();
  const pool = sessionPool(open('plain'), 2);
  for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await pool.run({}, ['y'], variant(key));
  assert.deepEqual(
    log.filter((line) => !line.startsWith('run')),
    ['open a', 'open b', 'close b', 'open c', 'close c', 'open b'],
  );
});

test('a session that cannot be opened is tried again', async () => {
  const { open, variant } = recorder();
  const pool = sessionPool(open('plain'), 2);
  const broken = { ...variant('a'), open: () => Promise.reject(new Error('no room')) };
  await assert.rejects(pool.run({}, ['y'], broken), /no room/);
  assert.equal((await pool.run({}, ['y'], variant('a'))).length, 1);
});

test('after the end nothing runs', async () => {
  const { open, log } = recorder();
  const pool = sessionPool(open('plain'), 2);
  const running = pool.run({}, ['y']);
  await pool.dispose();
  assert.equal((await running).length, 1);
  assert.equal(log.at(-1), 'close plain');
  await assert.rejects(pool.run({}, ['y']), /disposed/);
});
