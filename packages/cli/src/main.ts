#!/usr/bin/env node
/** The command line's edge: arguments in, exit code out. */
import { enableCodeCache } from '@bottega/server/code-cache';
import { abortOnUncaught } from './uncaught.ts';

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());
process.once('SIGTERM', () => interrupt.abort());
abortOnUncaught(interrupt);

// Whoever reads our words may stop in the middle (`| head`); what is being drawn goes on.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

enableCodeCache();
const { run } = await import('./run.ts');
process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  // npm runs scripts in the project's folder; people mean the folder they stand in.
  cwd:
    process.env.npm_lifecycle_event === 'bottega' ? (process.env.INIT_CWD ?? process.cwd()) : process.cwd(),
  print: (text) => process.stdout.write(`${text}\n`),
  note: (text) => process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
  signal: interrupt.signal,
});
