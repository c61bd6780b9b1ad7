import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../../errors.ts';
import type { StoredTensor, WeightFile } from '../weight-file.ts';
import { clipRules, openClipRules, renamed, unetRules, vaeRules } from './names.ts';
import type { Rule } from './names.ts';

/** What marks a folder as a model in the layout of diffusers. */
export const folderMark = 'model_index.json';

type Part = { readonly folder: string; readonly prefix: string; readonly rules: readonly Rule[] };
type OpenFile = (path: string) => Promise<WeightFile>;

/** Sharded files of large models; a model has some ten. */
const mostFiles = 64;
const longestSettings = 1_000_000;

/**
 * Opens a model in the layout of diffusers: a folder with `model_index.json` and with the weights of each network in a
 * folder of its own. Its tensors get the names that they have in a single file.
 * @param openFile reads one file's header.
 * @throws EngineError `checkpoint.unsupported` where the folder is no such model; what `openFile` throws.
 */
export async function readDiffusersFolder(path: string, openFile: OpenFile): Promise<WeightFile> {
  const folders = new Set(await readdir(path).catch(() => []));
  if (!folders.has(folderMark) || !folders.has('unet') || !folders.has('vae')) {
    const supported = `folders with ${folderMark}, unet and vae, as diffusers writes them`;
    throw new EngineError('checkpoint.unsupported', { path, what: 'a folder', supported });
  }
  const tensors = new Map<string, StoredTensor>();
  let bytes = 0;
  for (const part of await partsOf(path, folders)) {
    const own = new Map<string, StoredTensor>();
    for (const name of await weightsIn(join(path, part.folder))) {
      const file = await openFile(join(path, part.folder, name));
      bytes += file.bytes;
      for (const [tensor, stored] of file.tensors) own.set(tensor, { path: file.path, ...stored });
    }
    for (const [tensor, stored] of own) {
      const name = renamed(tensor, part.rules, own);
      if (name !== undefined) tensors.set(part.prefix + name, shapedAs(name, stored));
    }
  }
  return { path, bytes, isFolder: true, tensors, metadata: {} };
}

/** Which network is which: SDXL has two text encoders, its refiner only the second, SD 2's is an OpenCLIP. */
async function partsOf(path: string, folders: ReadonlySet<string>): Promise<readonly Part[]> {
  const parts: Part[] = [
    { folder: 'unet', prefix: 'model.diffusion_model.', rules: unetRules },
    { folder: 'vae', prefix: 'first_stage_model.', rules: vaeRules },
  ];
  if (folders.has('text_encoder_2')) {
    const isBase = folders.has('text_encoder');
    const clip = { folder: 'text_encoder', prefix: 'conditioner.embedders.0.transformer.', rules: clipRules };
    const prefix = `conditioner.embedders.${isBase ? 1 : 0}.model.`;
    return [...parts, ...(isBase ? [clip] : []), { folder: 'text_encoder_2', prefix, rules: openClipRules }];
  }
  if (!folders.has('text_encoder')) return parts;
  // Only OpenCLIP's encoders have the exact activation.
  const { hidden_act: activation } = await settingsIn(join(path, 'text_encoder', 'config.json'));
  const encoder =
    activation === 'gelu'
      ? { prefix: 'cond_stage_model.model.', rules: openClipRules }
      : { prefix: 'cond_stage_model.transformer.', rules: clipRules };
  return [...parts, { folder: 'text_encoder', ...encoder }];
}

/** The weights of one network: of the forms that often lie side by side the most precise, as safetensors if they can. */
async function weightsIn(folder: string): Promise<readonly string[]> {
  const files = (await readdir(folder).catch(() => [])).toSorted();
  const forms = [
    /^(diffusion_pytorch_model|model)\.safetensors$/,
    /^(diffusion_pytorch_model|model)-\d+-of-\d+\.safetensors$/,
    /^(diffusion_pytorch_model|model)\.fp16\.safetensors$/,
    /^(diffusion_pytorch_model|model)\.fp16-\d+-of-\d+\.safetensors$/,
    /^(diffusion_pytorch_model|pytorch_model)(\.fp16)?\.bin$/,
  ];
  for (const form of forms) {
    const found = files.filter((name) => form.test(name));
    if (found.length > 0) return found.slice(0, mostFiles);
  }
  throw new EngineError('checkpoint.not-found', {
    path: join(folder, 'diffusion_pytorch_model.safetensors'),
  });
}

/** The VAE's attention is made of linear layers there and of 1x1 convolutions in the original. */
function shapedAs(name: string, stored: StoredTensor): StoredTensor {
  const isKernel = /\.attn_1\.(q|k|v|proj_out)\.weight$/.test(name) && stored.shape.length === 2;
  return isKernel ? { ...stored, shape: [...stored.shape, 1, 1] } : stored;
}

/** A network's own settings; empty where they are missing or unreadable. */
async function settingsIn(path: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const text = await readFile(path, 'utf8');
    const settings: unknown = text.length > longestSettings ? {} : JSON.parse(text);
    return typeof settings === 'object' && settings !== null ? { ...settings } : {};
  } catch {
    return {};
  }
}

/** What the UNet of such a model predicts, as its scheduler's settings say. */
export async function folderPrediction(path: string): Promise<'epsilon' | 'v' | undefined> {
  const { prediction_type: type } = await settingsIn(join(path, 'scheduler', 'scheduler_config.json'));
  if (type === 'v_prediction') return 'v';
  return type === 'epsilon' ? 'epsilon' : undefined;
}
