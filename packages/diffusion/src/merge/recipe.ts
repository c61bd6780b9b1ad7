import { basename } from 'node:path';
import { hashFile } from '../checkpoint/hash-file.ts';
import type { WeightFile } from '../checkpoint/weight-file.ts';
import type { MergeFiles, MergePlan } from './plan.ts';
import type { MergeOptions, MergeRequest } from './merge-request.ts';

/** As A1111 writes them. */
const methodNames = {
  'weighted-sum': 'Weighted sum',
  'add-difference': 'Add difference',
  'no-interpolation': 'No interpolation',
} as const;

const configSources = { first: 0, b: 1, c: 2, none: 3 } as const;

/** Of what a source says of its own making, so much is kept. */
const longestHistory = 2 ** 18;

/**
 * What a merged file says of itself: `sd_merge_recipe` and `sd_merge_models` as A1111's merger writes them, the
 * history of merged sources included.
 */
export async function recipeOf(
  request: MergeRequest,
  { method, ratio, variant }: MergePlan,
  files: MergeFiles,
  options: MergeOptions,
): Promise<Readonly<Record<string, string>>> {
  // Folders of several files have no hash.
  const sources = [files.a, files.b, files.c]
    .filter((file) => file !== undefined)
    .filter(({ isFolder }) => isFolder !== true);
  const total = sources.reduce((sum, { bytes }) => sum + bytes, 0);
  const hashes = new Map<WeightFile, string>();
  const models: Record<string, unknown> = {};
  let before = 0;
  for (const file of sources) {
    const start = before;
    const { sha256, autoV1 } = await hashFile(file.path, {
      signal: options.signal,
      onProgress: (done) => options.onProgress?.((start + done) / total),
    });
    before += file.bytes;
    hashes.set(file, sha256);
    models[sha256] = {
      name: basename(file.path),
      legacy_hash: autoV1,
      sd_merge_recipe: parsed(file.metadata.sd_merge_recipe) ?? null,
    };
    Object.assign(models, parsed(file.metadata.sd_merge_models));
  }
  const hashOf = (file: WeightFile | undefined): string | null =>
    (file === undefined ? undefined : hashes.get(file)) ?? null;
  const recipe = {
    type: 'webui',
    primary_model_hash: hashOf(files.a),
    secondary_model_hash: hashOf(files.b),
    tertiary_model_hash: hashOf(files.c),
    interp_method: methodNames[method],
    multiplier: ratio,
    save_as_half: request.half ?? false,
    custom_name: request.name ?? '',
    config_source: configSources[request.configFrom ?? 'first'],
    bake_in_vae: files.vae === undefined ? 'None' : basename(files.vae.path),
    discard_weights: request.discard ?? '',
    is_inpainting: variant === '.inpainting',
    is_instruct_pix2pix: variant === '.instruct-pix2pix',
  };
  return {
    format: 'pt',
    sd_merge_recipe: JSON.stringify(recipe),
    sd_merge_models: JSON.stringify(models),
  };
}

/** What another program wrote; undefined unless it is an object of a sensible size. */
function parsed(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined || text.length > longestHistory) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
