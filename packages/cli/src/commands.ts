/** The commands by name. They are data and import what they do when they run, so that `--help` is quick. */
import type { Command } from './command.ts';
import { doctor } from './commands/doctor.ts';
import { imagine } from './commands/imagine.ts';
import { loopback } from './commands/loopback.ts';
import { matrix } from './commands/matrix.ts';
import { models } from './commands/models.ts';
import { outpaint } from './commands/outpaint.ts';
import { plot } from './commands/plot.ts';
import { prompts } from './commands/prompts.ts';
import { sdUpscale } from './commands/sd-upscale.ts';
import { start } from './commands/start.ts';
import { upscale } from './commands/upscale.ts';

export const commands: Readonly<Record<string, Command>> = {
  start,
  imagine,
  plot,
  matrix,
  prompts,
  upscale,
  loopback,
  'sd-upscale': sdUpscale,
  outpaint,
  models,
  doctor,
};
