/** `bottega models inspect`: what a file is, from its tensors, and its hashes. */
import { hashFile, inspectCheckpoint } from '@bottega/diffusion';
import { explainAdapter } from './adapter-explain.ts';
import { findAdapters } from './adapter-files.ts';
import type { Context } from './command.ts';
import { resolveModel } from './model-files.ts';
import { progressBar } from './progress-bar.ts';
import { bytesText, countText } from './units.ts';

/**
 * Prints what a model or an adapter is: architecture, precision, parameters and hashes.
 * @param wanted Its name, or a path.
 */
export async function explainFile(context: Context, wanted: string): Promise<void> {
  const loras = await findAdapters(context).loras();
  const adapter = loras.find(({ name, fileName }) => name === wanted || fileName === wanted);
  const path = adapter?.path ?? (await resolveModel(wanted, context));
  const info = await inspectCheckpoint(path);
  if (info.architecture === 'lora') return explainAdapter(context, path);
  const hashes = context.values['no-hash'] === true ? undefined : await hashed(context, path);
  if (context.values.json === true) {
    context.print(JSON.stringify({ ...info, ...(hashes && { hashes }) }));
    return;
  }
  const rows: readonly (readonly [string, string])[] = [
    ['file', info.path],
    ['what', info.title],
    ['architecture', info.architecture],
    ['precision', info.precision],
    ['parameters', `${countText(info.parameters)} (${info.parameters.toLocaleString('en')})`],
    ['size', bytesText(info.bytes)],
    ['latents', `one for ${info.latentFactor}x${info.latentFactor} pixels`],
    ...(hashes === undefined
      ? []
      : ([
          ['AutoV1', hashes.autoV1],
          ['AutoV2', hashes.autoV2],
          ['SHA-256', hashes.sha256],
        ] as const)),
  ];
  for (const [name, value] of rows) context.print(`${name.padEnd(12)}  ${value}`);
}

async function hashed(context: Context, path: string) {
  const bar = progressBar(context);
  try {
    return await hashFile(path, {
      signal: context.signal,
      onProgress: (fraction: number) => bar.show(`Hashing ${Math.floor(fraction * 100)} %`),
    });
  } finally {
    bar.clear();
  }
}
