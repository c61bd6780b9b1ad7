import { readFileSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/**
 * How many threads compute fastest: one for each physical core that the process may use. Two threads on one core
 * only get in each other's way in matrix products. Where cores cannot be told from threads, all that are allowed.
 */
export function physicalCores(): number {
  return Math.min(coresIn('/sys/devices/system/cpu') ?? Infinity, availableParallelism());
}

/** Cores that Linux describes in this folder; undefined where it does not. */
export function coresIn(root: string): number | undefined {
  try {
    const cpus = readdirSync(root).filter((name) => /^cpu\d+$/.test(name));
    const cores = cpus.map((cpu) =>
      readFileSync(`${root}/${cpu}/topology/thread_siblings_list`, 'utf8').trim(),
    );
    return new Set(cores).size || undefined;
  } catch {
    return undefined;
  }
}
