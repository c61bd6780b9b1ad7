/** A running workshop's processes, and what they hold in memory (Linux). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export type Memory = {
  readonly name: string;
  readonly count: number;
  /** Bytes. Resident, counting shared pages in every process; and proportional, counting them once. */
  readonly rss: number;
  readonly pss: number;
};

/** The process and all that it started, directly or not, by what they are. */
export function memoryOf(root: number): Memory[] {
  const text = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const all = [...text.matchAll(/^\s*(\d+)\s+(\d+)\s+(.*)$/gm)].map(([, pid, parent, command]) => ({
    pid: Number(pid),
    parent: Number(parent),
    command,
  }));
  const family = [root];
  for (const pid of family) family.push(...all.filter(({ parent }) => parent === pid).map((one) => one.pid));
  const rows = all
    .filter(({ pid }) => family.includes(pid))
    .map(({ pid, command }) => ({ name: nameOf(command), ...rollup(pid) }));
  return [...Map.groupBy(rows, ({ name }) => name)].map(([name, group]) => ({
    name,
    count: group.length,
    rss: group.reduce((sum, { rss }) => sum + rss, 0),
    pss: group.reduce((sum, { pss }) => sum + pss, 0),
  }));
}

function nameOf(command: string): string {
  if (command.includes('worker/main.ts')) return 'worker';
  if (/postgres|^\/bin\/sh/.test(command)) return 'database';
  return 'server';
}

function rollup(pid: number): { readonly rss: number; readonly pss: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kilobytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return { rss: kilobytes('Rss') * 1024, pss: kilobytes('Pss') * 1024 };
}
