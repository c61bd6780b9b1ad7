/** A whole workshop in a process of its own, as `npm start` runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export type Workshop = {
  readonly url: string;
  readonly pid: number;
  /** From the process' beginning to the first answered request. */
  readonly readyMs: number;
  stop(): Promise<void>;
};

const main = join(import.meta.dirname, '../../packages/cli/src/main.ts');

export async function startWorkshop(dataFolder: string, port: number): Promise<Workshop> {
  const began = performance.now();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'start'], {
    env: { ...process.env, BOTTEGA_DATA: dataFolder, PORT: String(port), BOTTEGA_LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error('the workshop did not start');
    await delay(5);
  }
  const readyMs = performance.now() - began;
  return { url, pid: child.pid as number, readyMs, stop: () => stop(child) };
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/api/v1/status`).then(
    (response) => response.ok,
    () => false,
  );
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'exit');
}
