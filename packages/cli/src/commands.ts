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
  plot: {
    summary: 'draw every combination of values, as one labelled picture',
    load: async () => (await import('./commands/plot.ts')).plot,
  },
  matrix: {
    summary: 'draw words with and without each of their parts, as one labelled picture',
    load: async () => (await import('./commands/matrix.ts')).matrix,
  },
  prompts: {
    summary: 'draw every line of a file',
    load: async () => (await import('./commands/prompts.ts')).prompts,
  },
  upscale: {
    summary: 'make pictures larger',
    load: async () => (await import('./commands/upscale.ts')).upscale,
  },
  loopback: {
    summary: 'draw from a picture, then from what it became, and so on',
    load: async () => (await import('./commands/loopback.ts')).loopback,
  },
  'sd-upscale': {
    summary: 'enlarge a picture and draw it anew in tiles',
    load: async () => (await import('./commands/sd-upscale.ts')).sdUpscale,
  },
  outpaint: {
    summary: 'draw a picture on beyond its edges',
    load: async () => (await import('./commands/outpaint.ts')).outpaint,
  },
  models: {
    summary: 'list, add, explain and merge model files',
    load: async () => (await import('./commands/models.ts')).models,
  },
  doctor: {
    summary: 'say what this machine can do, and how fast',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
};
