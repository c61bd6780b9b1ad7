/** `bottega doctor`: what this machine can do, and how fast. */
import type { Command } from '../command.ts';

export const doctor: Command = {
  summary: 'say what this machine can do, and how fast',
  usage: '[--json]',
  options: { json: { type: 'boolean', description: 'answer with one JSON document' } },
  examples: ['bottega doctor', 'bottega doctor --json'],
  run: async (context) => {
    const { examine } = await import('../examine.ts');
    return examine(context);
  },
};
