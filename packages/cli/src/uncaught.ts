/** Mistakes that no code waits for: nobody knows what they left half done, so the program ends, but in order. */
import { exitCode } from './command.ts';

/** Why everything is aborted; its cause is what was thrown. */
export class UncaughtError extends Error {
  override readonly name = 'UncaughtError';
}

/** The server takes 5 seconds at most to put its jobs back and end its database. */
const patienceMs = 8000;

/** Aborts as Ctrl+C does, so that jobs go back to the queue and nothing stays half-written. */
export function abortOnUncaught(interrupt: AbortController): void {
  let isFirst = true;
  process.on('uncaughtException', (cause) => {
    // Those that follow come of the first.
    if (!isFirst) return;
    isFirst = false;
    process.exitCode = exitCode.failed;
    interrupt.abort(new UncaughtError('Something failed that nobody waited for', { cause }));
    // What waits for the thing that failed would wait forever.
    setTimeout(() => {
      process.stderr.write(`bottega: ${cause.message} (please report it)\n`);
      process.exit(exitCode.failed);
    }, patienceMs).unref();
  });
}
