/** How fast to draw, and on what. */
import type { LoadOptions } from '@bottega/diffusion';
import { dataPaths } from '@bottega/server/offline';
import { type Context, UsageError } from './command.ts';
import { configuration } from './configuration.ts';
import { given, text } from './options.ts';

/** How models are loaded: what the options leave open is as the server's configuration has it. */
export function readLoading({ values, env }: Pick<Context, 'values' | 'env'>): LoadOptions {
  if (values.fast === true && values.int8 === true)
    throw new UsageError('Choose --fast or --int8, not both.');
  const config = configuration(env);
  return given({
    mode: values.int8 === true ? ('int8' as const) : values.fast === true ? ('fast' as const) : config.mode,
    threads: config.threads,
    device: text(values, 'device') ?? config.device,
    int8Folder: dataPaths(config.dataFolder).int8,
  });
}
