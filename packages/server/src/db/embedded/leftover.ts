/** A PostgreSQL that a killed server left behind. */
import { readFileSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Ends a server that still runs on `folder`, and removes its lock file where the process number belongs to
 * somebody else by now. The caller owns the data folder, so no other program of ours can be using it.
 */
export async function clearLeftover(folder: string): Promise<void> {
  const lock = join(folder, 'postmaster.pid');
  const pid = readPid(lock);
  if (pid === undefined) return;
  const isOurs = () => commandOf(pid).includes(folder);
  for (const [signal, seconds] of [
    ['SIGINT', 5],
    ['SIGQUIT', 5],
  ] as const) {
    if (!isOurs()) break;
    process.kill(pid, signal);
    for (let waited = 0; waited < seconds && isOurs(); waited += 0.02) await delay(20);
  }
  if (!isOurs()) rmSync(lock, { force: true });
}

function readPid(lock: string): number | undefined {
  try {
    const pid = Number(readFileSync(lock, 'utf8').split('\n', 1)[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** The command line of a process; empty where there is none. */
function commandOf(pid: number): string {
  if (process.platform === 'linux') {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    } catch {
      return '';
    }
  }
  return spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).stdout ?? '';
}
