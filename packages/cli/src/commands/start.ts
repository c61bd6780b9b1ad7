/** `bottega start`: the whole workshop, until Ctrl+C. */
import { once } from 'node:events';
import { type Command, exitCode } from '../command.ts';
import { UncaughtError } from '../uncaught.ts';

export const start: Command = {
  summary: 'start the workshop and print its address',
  usage: '',
  options: {},
  examples: ['bottega start', 'PORT=8000 BOTTEGA_DATA=~/bottega bottega start'],
  run: async ({ env, print, note, signal }) => {
    const [{ configuration }, { startServer }] = await Promise.all([
      import('../configuration.ts'),
      import('@bottega/server'),
    ]);
    const server = await startServer(configuration(env));
    print(`Bottega is ready at ${server.url} (Ctrl+C stops it)`);
    const isAsked = await Promise.race([
      signal.aborted ? true : once(signal, 'abort').then(() => true),
      server.failed.then(() => false),
    ]);
    if (isAsked) note('Stopping; what was being drawn goes on with the next start.\n');
    else
      note(
        'The database has ended, so the workshop ends too. Start it again; nothing that was accepted is lost.\n',
      );
    if (signal.reason instanceof UncaughtError) {
      server.services.log.error('something failed that nobody waited for', { error: signal.reason.cause });
    }
    await server.stop();
    return isAsked ? exitCode.done : exitCode.failed;
  },
};
