import { open } from 'node:fs/promises';
import { join, parse } from 'node:path';
import type { ArchitectureOverrides } from '../api.ts';
import { folderPrediction } from '../checkpoint/diffusers/read-folder.ts';
import type { Network } from '../denoiser/network.ts';
import type { Prediction } from '../denoiser/preconditioning.ts';
import type { UNetConfig } from '../models/unet/config.ts';
import type { Networks } from '../runtime/networks.ts';
import { tensor } from '../tensor.ts';
import type { Training } from './model-noise.ts';

/**
 * How a checkpoint was trained, by A1111's rules: what the caller or the card says; else A1111's configuration beside
 * the file (`NAME.yaml`) or the scheduler's settings in a folder of diffusers; else the empty tensors `v_pred` and `ztsnr`, with which tools mark files; else what its
 * family predicts, or for SD 2 its answer to noise.
 */
export async function trainingOf(
  { network, family, configs, marks, info }: Networks,
  { prediction }: ArchitectureOverrides = {},
): Promise<Training> {
  const said =
    prediction ??
    (await folderPrediction(info.path)) ??
    (await configured(info.path)) ??
    (marks.has('v_pred') ? 'v' : undefined);
  return { prediction: said ?? (await untold()), isZeroTerminal: marks.has('ztsnr') };

  async function untold(): Promise<Prediction> {
    if (family.prediction !== 'probe') return family.prediction;
    // Inpainting and other variants were published predicting epsilon alone.
    return configs.unet.inChannels === 4 ? await probe(network, configs.unet) : 'epsilon';
  }
}

/** Shown nothing but a constant as pure noise, a network that predicts v answers far below it. */
async function probe(network: Network, { inChannels, contextWidth }: UNetConfig): Promise<Prediction> {
  const x = constant([1, inChannels, 8, 8]);
  const context = constant([1, 2, contextWidth]);
  const { data } = await network({ x, timesteps: Float32Array.of(999), context });
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  return mean - 0.5 < -1 ? 'v' : 'epsilon';
}

function constant(shape: readonly number[]) {
  const filled = tensor(shape);
  filled.data.fill(0.5);
  return filled;
}

const longestConfiguration = 65_536;

async function configured(checkpoint: string): Promise<Prediction | undefined> {
  const { dir, name } = parse(checkpoint);
  const file = await open(join(dir, `${name}.yaml`)).catch(() => undefined);
  if (file === undefined) return undefined;
  await using opened = file;
  const { buffer, bytesRead } = await opened.read(Buffer.alloc(longestConfiguration));
  const text = buffer.toString('utf8', 0, bytesRead);
  const [, parameterization] = /^\s*parameterization:\s*["']?(v|eps)\b/m.exec(text) ?? [];
  if (parameterization === 'v' || /denoiser_scaling\.VScaling/.test(text)) return 'v';
  return parameterization === 'eps' ? 'epsilon' : undefined;
}
