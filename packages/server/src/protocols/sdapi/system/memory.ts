import { freemem, totalmem } from 'node:os';

/** The machine's memory in bytes; A1111 counts as used what its own process uses. */
export function readMemory() {
  const used = process.memoryUsage.rss();
  return { ram: { free: freemem(), used, total: totalmem() }, cuda: { error: 'unavailable' } };
}
