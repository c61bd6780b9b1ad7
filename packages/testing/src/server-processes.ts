/** Starts servers that a test may kill. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Client, createClient } from '@bottega/contract';

export type ServerProcess = {
  readonly url: string;
  readonly client: Client;
  readonly process: ChildProcess;
  /** Resolves when it is gone. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
};

/**
 * @param dataFolder As `freshDataFolder` makes it.
 * @throws Error with what it said on standard error, where it ends instead of answering.
 */
export async function startServerProcess(
  dataFolder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const child = fork(join(import.meta.dirname, 'server-process.ts'), [], {
    env: { ...process.env, PORT: '0', BOTTEGA_DATA: dataFolder, BOTTEGA_LOG_LEVEL: 'error', ...env },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  const exit = once(child, 'exit');
  const url = await Promise.race([
    once(child, 'message').then(([text]) => String(text)),
    exit.then(() => undefined),
  ]);
  if (url === undefined) throw new Error(said);
  return {
    url,
    client: createClient(url),
    process: child,
    kill: async (signal) => {
      child.kill(signal);
      await exit;
    },
  };
}
