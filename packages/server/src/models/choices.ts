/** The engine's samplers and schedules, as a page offers them. */
import type { Choices } from '@bottega/contract';
import { samplers, schedulers } from '@bottega/diffusion';

export const choices: Choices = {
  samplers: samplers.map(({ name, aliases }) => ({ name, aliases: [...aliases] })),
  schedulers: schedulers.map(({ name, label }) => ({ name, label })),
};
