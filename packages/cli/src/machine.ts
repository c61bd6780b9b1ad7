/** What the machine is: facts for `doctor`. */
import { accessSync, constants, existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { dirname } from 'node:path';
import { type Device, listDevices } from '@bottega/diffusion';

export type Machine = {
  readonly system: string;
  readonly node: string;
  readonly processor: string;
  readonly threads: number;
  /** In bytes; `available` counts what the system can free, as the kernel estimates it. */
  readonly memory: { readonly total: number; readonly available: number };
  readonly data: { readonly folder: string; readonly free: number; readonly writable: boolean };
  readonly devices: readonly Device[];
};

/** @param folder the data folder; it need not exist yet. */
export async function examineMachine(folder: string): Promise<Machine> {
  const existing = nearestExisting(folder);
  const { bavail, bsize } = await statfs(existing);
  return {
    system: `${type()} ${release()} (${arch()})`,
    node: process.versions.node,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    memory: { total: totalmem(), available: process.availableMemory() },
    data: { folder, free: bavail * bsize, writable: isWritable(existing) },
    devices: listDevices(),
  };
}

function nearestExisting(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestExisting(dirname(folder));
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
