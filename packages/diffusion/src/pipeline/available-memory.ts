import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';

/**
 * Bytes that this process may still take. In a container the system counts files read as used, weights among them,
 * though it gives that memory back when it is needed; so they are added.
 */
export function availableMemory(): number {
  const available = process.availableMemory();
  const isContained = process.constrainedMemory() > 0 && process.constrainedMemory() < totalmem();
  return isContained ? available + reclaimable() : available;
}

/** Memory of a container (cgroup, version 2 or 1) that only holds copies of files. */
function reclaimable(): number {
  for (const path of ['/sys/fs/cgroup/memory.stat', '/sys/fs/cgroup/memory/memory.stat']) {
    try {
      const files = [...readFileSync(path, 'utf8').matchAll(/^(?:in)?active_file (\d+)$/gm)];
      return files.reduce((sum, [, bytes]) => sum + Number(bytes), 0);
    } catch {
      // No such file where cgroups have the other version, or there are none.
    }
  }
  return 0;
}
