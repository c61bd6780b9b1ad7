/** The pictures of `facts/e2e.json`, the tiny checkpoints that drew them, and how near is near enough. */
import { loadModel } from '@bottega/diffusion';
import type {
  AdapterLookup,
  ArchitectureOverrides,
  EmphasisMode,
  Model,
  TextToImageRequest,
} from '@bottega/diffusion';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { modelsFolder, readRawFacts, readTensors } from './reference-models.ts';
import type { ModelFacts, ReferenceTensor } from './reference-models.ts';

export type E2eCase = {
  readonly name: string;
  readonly model: string;
  readonly vae?: string;
  readonly sampler: string;
  readonly scheduler: string;
  readonly steps: number;
  readonly cfg_scale: number;
  readonly width: number;
  readonly height: number;
  readonly seeds: readonly number[];
  readonly prompt: string;
  readonly negative_prompt: string;
  readonly clip_skip: number;
  readonly options?: Readonly<Record<string, number | string | boolean>>;
  /** Files of `lora/` with their strengths in the text encoder and in the UNet. */
  readonly lora?: readonly (readonly [file: string, text: number, unet: number])[];
  /** Files of `ti/` with the words by which the prompts call them. */
  readonly ti?: readonly (readonly [file: string, name: string])[];
  readonly tiling?: boolean;
  readonly model_calls: number;
  /** Image to image: the strength, and names of tensors. */
  readonly denoise?: number;
  readonly init_image?: string;
  readonly mask?: string;
  readonly image_cfg?: number;
};

let tensors: ReadonlyMap<string, ReferenceTensor> | undefined;

/** `facts/e2e.safetensors`, read when it is first asked for. */
export function e2eTensors(): ReadonlyMap<string, ReferenceTensor> {
  tensors ??= readTensors(join(modelsFolder, 'facts/e2e.safetensors'));
  return tensors;
}

const pathOf = (file: string): string => join(modelsFolder, 'models', file);

/** The cases that can be drawn and have latents to compare with. */
export function e2eCases(): readonly E2eCase[] {
  return casesWith('latent');
}

/** The cases whose conditioning is known; those of SDXL and its refiner have `cond/crossattn` and `cond/vector`. */
export function conditioningCases(): readonly E2eCase[] {
  return [...casesWith('cond'), ...casesWith('cond/crossattn')];
}

function casesWith(fact: string): readonly E2eCase[] {
  const { cases } = JSON.parse(readFileSync(join(modelsFolder, 'facts/e2e.json'), 'utf8')) as {
    cases: readonly E2eCase[];
  };
  return cases.filter((c) => e2eTensors().has(`${c.name}/${fact}`) && existsSync(pathOf(c.model)));
}

export function e2eTensor(name: string): ReferenceTensor {
  const found = e2eTensors().get(name);
  assert.ok(found, `${name} is in the facts`);
  return found;
}

const opened = new Map<string, Promise<Model>>();

/** The case's checkpoint, opened once for all. */
export function openCase({ model, vae }: E2eCase): Promise<Model> {
  const key = `${model} ${vae}`;
  const overrides = overridesOf(model);
  const loading =
    opened.get(key) ?? loadModel(pathOf(model), { threads: 1, vae: vae && pathOf(vae), overrides });
  opened.set(key, loading);
  return loading;
}

/** The hyper-parameters of a file, which its shapes cannot tell because it is tiny. */
export function overridesOf(file: string): ArchitectureOverrides {
  return overridesFrom(readRawFacts().models[file.split('.')[0]]);
}

export function overridesFrom(facts: ModelFacts): ArchitectureOverrides {
  const { unet, clip_l: text, open_clip: openClip, parameterization } = facts;
  return {
    unetHeads: unet.num_heads,
    unetHeadChannels: unet.num_head_channels,
    textHeads: text?.heads,
    openClipHeads: openClip?.heads,
    prediction: parameterization === 'v' ? 'v' : 'epsilon',
  };
}

export async function closeCases(): Promise<void> {
  for (const model of opened.values()) await (await model).dispose();
}

export function requestOf(c: E2eCase): TextToImageRequest {
  return {
    prompt: c.prompt + (c.lora ?? []).map(([file, ...strengths]) => tagOf(file, strengths)).join(''),
    negativePrompt: c.negative_prompt,
    width: c.width,
    height: c.height,
    steps: c.steps,
    sampler: c.sampler,
    scheduler: c.scheduler,
    cfgScale: c.cfg_scale,
    seed: c.seeds[0],
    batchSize: c.seeds.length,
    clipSkip: c.clip_skip,
    emphasis: c.options?.emphasis as EmphasisMode | undefined,
    samplerOptions: c.options,
    tiling: c.tiling,
  };
}

/** Where the files lie that the case's prompts name. */
export function lookupOf({ lora = [], ti = [] }: E2eCase): AdapterLookup {
  const files = new Map(lora.map(([file]) => [parse(file).name, { path: join(modelsFolder, 'lora', file) }]));
  const embeddings = ti.map(([file, name]) => ({ name, path: join(modelsFolder, 'ti', file) }));
  return { lora: (name) => files.get(name), embeddings };
}

function tagOf(file: string, strengths: readonly number[]): string {
  return `<lora:${[parse(file).name, ...strengths].join(':')}>`;
}

/** The facts' own tolerance: at most 1 off for 99.5 % of the values, never more than 3. */
export function assertNearPixels(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  assert.equal(actual.length, expected.length);
  const differences = Array.from(actual, (value, i) => Math.abs(value - expected[i]));
  const most = differences.reduce((a, b) => Math.max(a, b), 0);
  const far = differences.filter((difference) => difference > 1).length;
  assert.ok(
    most <= 3 && far <= 0.005 * differences.length,
    `${far} values more than 1 off, the worst ${most}`,
  );
}
