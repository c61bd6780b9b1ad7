/** The commands by name; each is loaded only when it is called, so that `--help` is quick. */
import type { Command } from './command.ts';

export const commands: Readonly<
  Record<string, { readonly summary: string; readonly load: () => Promise<Command> }>
> = {
  start: {
    summary: 'start the workshop and print its address',
    load: async () => (await import('./commands/start.ts')).start,
  },
  imagine: {
    summary: 'draw a picture from words, without a server',
    load: async () => (await import('./commands/imagine.ts')).imagine,
  },
  models: {
    summary: 'list, add and explain model files',
    load: async () => (await import('./commands/models.ts')).models,
  },
  doctor: {
    summary: 'say what this machine can do, and how fast',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
};
