/** `bottega models merge`: a new model made of others. */
import { mergeCheckpoints, type MergeMethod, type MergeRequest } from '@bottega/diffusion';
import { type Context, UsageError } from './command.ts';
import { folders, resolveModel } from './model-files.ts';
import { given, number, text } from './options.ts';
import { percentText, progressBar } from './progress-bar.ts';
import { bytesText } from './units.ts';

const methods: Readonly<Record<string, MergeMethod>> = {
  sum: 'weighted-sum',
  difference: 'add-difference',
  none: 'no-interpolation',
};

/** Nothing is left behind where it fails. */
export async function mergeModels(context: Context, words: readonly string[]): Promise<void> {
  if (words.length > 3) throw new UsageError(`"${words[3]}" is one model too many.`);
  const [a, b, c] = await Promise.all(words.map((word) => resolveModel(word, context)));
  const { values } = context;
  const vae = text(values, 'vae');
  const request: MergeRequest = {
    a,
    folder: folders(context).models[0],
    half: values.half === true,
    metadata: values['no-metadata'] !== true,
    ...given({
      b,
      c,
      method: methodOf(text(values, 'method'), words.length),
      ratio: number(values, 'ratio'),
      vae: vae === undefined ? undefined : await resolveModel(vae, context),
      discard: text(values, 'discard'),
      configFrom: configFrom(text(values, 'config-from')),
      name: text(values, 'output'),
    }),
  };
  const bar = progressBar(context);
  try {
    const { name, path, bytes } = await mergeCheckpoints(request, {
      signal: context.signal,
      onProgress: (fraction) => bar.show(percentText(fraction)),
    });
    bar.clear();
    if (values.json === true) context.print(JSON.stringify({ name, path, bytes }));
    else context.print(`${name} is installed: ${path}, ${bytesText(bytes)}.`);
  } finally {
    bar.clear();
  }
}

function methodOf(wanted: string | undefined, models: number): MergeMethod | undefined {
  if (wanted === undefined) return models === 3 ? 'add-difference' : undefined;
  if (Object.hasOwn(methods, wanted)) return methods[wanted];
  throw new UsageError(`--method takes ${Object.keys(methods).join(', ')}, not "${wanted}".`);
}

function configFrom(wanted: string | undefined): MergeRequest['configFrom'] {
  if (wanted === undefined) return undefined;
  const known = (['first', 'b', 'c', 'none'] as const).find((one) => one === wanted);
  if (known === undefined) throw new UsageError(`--config-from takes first, b, c or none, not "${wanted}".`);
  return known;
}
