import { pythonFloat } from './python-float.ts';
import type { InfotextParameters, InfotextValue } from './write.ts';

/** What A1111 writes about a picture. Absent properties are not written. */
export type GenerationParameters = {
  readonly steps: number;
  readonly sampler: string;
  readonly scheduler?: string;
  /** A number prints as a float ("7.0"), as A1111's API writes it; a string as it is. */
  readonly cfgScale: number | string;
  readonly imageCfgScale?: number;
  readonly seed: number;
  readonly faceRestoration?: string;
  readonly width: number;
  readonly height: number;
  /** The first 10 hexadecimal digits of the file's SHA-256. */
  readonly modelHash?: string;
  readonly model?: string;
  readonly fp8Weight?: string;
  readonly cacheFp16WeightForLora?: boolean;
  readonly vaeHash?: string;
  readonly vae?: string;
  readonly subseed?: number;
  /** 0 leaves the variation seed out. */
  readonly subseedStrength?: number;
  readonly seedResizeFrom?: { readonly width: number; readonly height: number };
  readonly denoisingStrength?: number;
  readonly conditionalMaskWeight?: number;
  /** Written from 2 on. */
  readonly clipSkip?: number;
  readonly etaNoiseSeedDelta?: number;
  readonly tokenMergingRatio?: number;
  readonly tokenMergingRatioHires?: number;
  readonly initImageHash?: string;
  /** "GPU" is A1111's default and not written. */
  readonly randomSource?: string;
  readonly tiling?: boolean;
  /** What the pipeline's parts add, in the order in which they do. */
  readonly extra?: InfotextParameters;
  readonly version?: string;
  readonly user?: string;
};

/** The names and the order of A1111's generation parameters (modules/processing.py, create_infotext). */
export function generationParameters(p: GenerationParameters): InfotextParameters {
  const varied = (p.subseedStrength ?? 0) !== 0;
  return [
    ['Steps', p.steps],
    ['Sampler', p.sampler],
    ['Schedule type', p.scheduler],
    ['CFG scale', float(p.cfgScale)],
    ['Image CFG scale', float(p.imageCfgScale)],
    ['Seed', p.seed],
    ['Face restoration', p.faceRestoration],
    ['Size', `${p.width}x${p.height}`],
    ['Model hash', p.modelHash],
    ['Model', p.model],
    ['FP8 weight', p.fp8Weight],
    ['Cache FP16 weight for LoRA', p.cacheFp16WeightForLora],
    ['VAE hash', p.vaeHash],
    ['VAE', p.vae],
    ['Variation seed', varied ? p.subseed : undefined],
    ['Variation seed strength', varied ? float(p.subseedStrength) : undefined],
    ['Seed resize from', p.seedResizeFrom && `${p.seedResizeFrom.width}x${p.seedResizeFrom.height}`],
    ['Denoising strength', float(p.denoisingStrength)],
    ['Conditional mask weight', float(p.conditionalMaskWeight)],
    ['Clip skip', (p.clipSkip ?? 1) > 1 ? p.clipSkip : undefined],
    ['ENSD', p.etaNoiseSeedDelta],
    ['Token merging ratio', float(p.tokenMergingRatio)],
    ['Token merging ratio hr', float(p.tokenMergingRatioHires)],
    ['Init image hash', p.initImageHash],
    ['RNG', p.randomSource === 'GPU' ? undefined : p.randomSource],
    ['Tiling', p.tiling],
    ...(p.extra ?? []),
    ['Version', p.version],
    ['User', p.user],
  ];
}

function float(value: number | string | undefined): InfotextValue {
  return typeof value === 'number' ? pythonFloat(value) : value;
}
