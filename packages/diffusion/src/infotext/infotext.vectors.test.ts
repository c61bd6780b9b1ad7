/** Writing and reading generation parameters as A1111 does (test-data/vectors/infotext.json). */
import { readVectors } from '@bottega/testing';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyStyles } from '../prompt/styles.ts';
import { generationParameters } from './generation-parameters.ts';
import type { GenerationParameters } from './generation-parameters.ts';
import { parseInfotext } from './parse.ts';
import type { ParseOptions } from './parse.ts';
import { pythonFloat } from './python-float.ts';
import { quote } from './quote.ts';
import { writeInfotext } from './write.ts';
import type { InfotextValue } from './write.ts';

type Value = string | number | boolean | null;
type CreateCase = {
  readonly all_prompts: readonly string[];
  readonly all_seeds: readonly number[];
  readonly all_subseeds: readonly number[];
  readonly p: Readonly<Record<string, Value>> & {
    readonly all_negative_prompts: readonly string[] & Value;
  };
  readonly opts: Readonly<Record<string, Value>>;
  readonly extra_generation_params: readonly (readonly [string, Value | readonly Value[]])[];
  readonly call: {
    readonly iteration?: number;
    readonly position_in_batch?: number;
    readonly index?: number;
    readonly use_main_prompt?: boolean;
  };
  readonly infotext: string;
};
type ParseCase = {
  readonly text: string;
  readonly items: readonly (readonly [string, unknown])[];
  readonly styles?: readonly (readonly [string, string, string])[];
  readonly infotext_styles?: ParseOptions['stylesMode'];
};
type Vectors = {
  readonly create: readonly CreateCase[];
  readonly parse: readonly ParseCase[];
  readonly parse_styles: readonly ParseCase[];
  readonly apply_styles: readonly {
    readonly styles: readonly string[];
    readonly prompt: string;
    readonly positive: string;
    readonly negative: string;
  }[];
  readonly quote: readonly (readonly [Value, Value])[];
};
const vectors = readVectors<Vectors>('infotext');

/** Python's floats as it prints them: JSON.parse alone cannot tell 7.0 from 7. */
const withFloats = readVectors<Vectors>('infotext', function (_, value, context?: { source?: string }) {
  const isFloat = typeof value === 'number' && /[.e]/i.test(context?.source ?? '');
  return isFloat ? pythonFloat(value) : value;
});

const withEnsd = new Set(['Euler a', 'DPM2 a', 'DPM++ 2S a', 'DPM fast', 'DPM adaptive']);

function given<T>(value: Value | undefined): T | undefined {
  return (value ?? undefined) as T | undefined;
}

/** A number as the case has it, 7 as "7" and 7.0 as "7.0"; numbers with a type of their own print as floats. */
function asWritten(value: Value | undefined): number | undefined {
  return given(value === null || value === undefined ? value : String(value));
}

function unlessZero(value: Value | undefined): number | undefined {
  return Number(value ?? 0) === 0 ? undefined : asWritten(value);
}

withFloats.create.forEach((c, number) => {
  test(`writes infotext ${number}: ${JSON.stringify(c.infotext.slice(-60))}`, () => {
    const { p, opts, call } = c;
    const index = call.index ?? (call.iteration ?? 0) * Number(p.batch_size) + (call.position_in_batch ?? 0);
    const main = call.use_main_prompt === true;
    const unlessOff = (option: string, value: Value): string | undefined =>
      opts[option] === false ? undefined : given(value);
    const ensd = Number(opts.eta_noise_seed_delta ?? 0);
    const isStill = p.eta !== null && p.eta !== undefined && Number(p.eta) === 0;
    const usesEnsd = ensd !== 0 && withEnsd.has(String(p.sampler_name)) && !isStill;
    const parameters: GenerationParameters = {
      steps: Number(p.steps),
      sampler: String(p.sampler_name),
      scheduler: given(p.scheduler),
      cfgScale: String(p.cfg_scale),
      imageCfgScale: asWritten(p.image_cfg_scale),
      seed: c.all_seeds[main ? 0 : index],
      faceRestoration:
        p.restore_faces === true ? String(opts.face_restoration_model ?? 'CodeFormer') : undefined,
      width: Number(p.width),
      height: Number(p.height),
      modelHash: unlessOff('add_model_hash_to_info', p.sd_model_hash),
      model: unlessOff('add_model_name_to_info', p.sd_model_name),
      vaeHash: unlessOff('add_vae_hash_to_info', p.sd_vae_hash),
      vae: unlessOff('add_vae_name_to_info', p.sd_vae_name),
      subseed: c.all_subseeds[main ? 0 : index],
      subseedStrength: unlessZero(p.subseed_strength),
      seedResizeFrom:
        Number(p.seed_resize_from_w) > 0 && Number(p.seed_resize_from_h) > 0
          ? { width: Number(p.seed_resize_from_w), height: Number(p.seed_resize_from_h) }
          : undefined,
      conditionalMaskWeight:
        p.is_using_inpainting_conditioning === true
          ? asWritten(p.inpainting_mask_weight ?? opts.inpainting_mask_weight ?? '1.0')
          : undefined,
      clipSkip: Number(p.clip_skip ?? opts.CLIP_stop_at_last_layers ?? 1),
      etaNoiseSeedDelta: usesEnsd ? ensd : undefined,
      tokenMergingRatio: unlessZero(p.token_merging_ratio),
      tokenMergingRatioHires: p.enable_hr === true ? unlessZero(p.token_merging_ratio_hr) : undefined,
      initImageHash: given(p.init_img_hash),
      randomSource: String(opts.randn_source ?? 'GPU'),
      tiling: p.tiling === true ? true : undefined,
      extra: c.extra_generation_params.map(
        ([name, value]) => [name, (Array.isArray(value) ? value[index] : value) as InfotextValue] as const,
      ),
      version: opts.add_version_to_infotext === false ? undefined : 'v1.10.1',
      user: opts.add_user_name_to_info === true ? given(p.user) : undefined,
    };
    const prompt = main ? p.main_prompt : c.all_prompts[index];
    const negative = main ? p.main_negative_prompt : p.all_negative_prompts[index];
    assert.equal(
      writeInfotext(String(prompt), String(negative), generationParameters(parameters)),
      c.infotext,
    );
  });
});

for (const c of [...vectors.parse, ...vectors.parse_styles]) {
  test(`parses ${JSON.stringify(c.text)} (${c.infotext_styles ?? 'no styles'})`, () => {
    const styles = c.styles?.map(([name, prompt, negativePrompt]) => ({ name, prompt, negativePrompt }));
    const parsed = parseInfotext(c.text, { styles, stylesMode: c.infotext_styles });
    assert.deepEqual([...parsed], c.items);
  });
}

for (const c of vectors.apply_styles) {
  test(`applies ${c.styles.join()} to ${JSON.stringify(c.prompt)}`, () => {
    const known = new Map(
      (vectors.parse_styles[0].styles ?? []).map(([name, positive, negative]) => [
        name,
        { positive, negative },
      ]),
    );
    const chosen = c.styles.map((name) => known.get(name) ?? { positive: '', negative: '' });
    assert.equal(
      applyStyles(
        c.prompt,
        chosen.map((style) => style.positive),
      ),
      c.positive,
    );
    assert.equal(
      applyStyles(
        c.prompt,
        chosen.map((style) => style.negative),
      ),
      c.negative,
    );
  });
}

for (const [value, quoted] of vectors.quote) {
  test(`quotes ${JSON.stringify(value)}`, () => {
    assert.equal(typeof value === 'string' ? quote(value) : value, quoted);
  });
}
