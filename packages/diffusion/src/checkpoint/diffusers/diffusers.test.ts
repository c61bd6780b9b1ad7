/** Models in the layout of diffusers against the same weights in one file. */
import {
  assertNearPixels,
  modelsFolder,
  overridesOf,
  writeRandomCheckpoint,
  sd1Layout,
  sd15,
} from '@bottega/testing';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import type { ArchitectureOverrides } from '../../api.ts';
import { loadModel } from '../../pipeline/load-model.ts';
import { textToImage } from '../../pipeline/text-to-image.ts';
import { inspectCheckpoint } from '../inspect-checkpoint.ts';
import { openWeights } from '../open-weights.ts';
import type { StoredTensor, WeightFile } from '../weight-file.ts';
import { clipRules, openClipRules, renamed, unetRules, vaeRules } from './names.ts';
import type { Rule } from './names.ts';

type Layers = Readonly<Record<string, string>>;
type Names = { readonly unet: Layers; readonly vae: Layers; readonly text_encoder: Layers };
const data = join(import.meta.dirname, '../../../test-data/diffusers-names.json');
const { sd1, sd2, sdxl } = JSON.parse(readFileSync(data, 'utf8')) as {
  readonly sd1: Names;
  readonly sd2: Pick<Names, 'vae'>;
  readonly sdxl: Pick<Names, 'unet'>;
};

const folder = mkdtempSync(join(tmpdir(), 'bottega-diffusers-'));
after(() => rmSync(folder, { recursive: true }));

const cases: readonly (readonly [what: string, layers: Layers, rules: readonly Rule[]])[] = [
  ['UNet of SD 1', sd1.unet, unetRules],
  ['UNet of SDXL', sdxl.unet, unetRules],
  ['VAE of SD 1', sd1.vae, vaeRules],
  ['VAE of SD 2', sd2.vae, vaeRules],
  ['text encoder of SD 1', sd1.text_encoder, clipRules],
];
for (const [what, layers, rules] of cases) {
  test(`the layers of the ${what} get their original names`, () => {
    const all = new Set(Object.keys(layers).map((layer) => `${layer}.weight`));
    for (const [layer, original] of Object.entries(layers)) {
      assert.equal(renamed(`${layer}.weight`, rules, all), `${original}.weight`);
    }
  });
}

test('text encoders are read with and without the beginning that transformers 5 leaves out', () => {
  const layers = Object.keys(sd1.text_encoder).map((layer) => `${layer}.weight`);
  for (const rules of [clipRules, openClipRules]) {
    for (const name of layers) {
      const short = name.replace(/^text_model\./, '');
      assert.notEqual(short, name);
      assert.equal(renamed(short, rules, new Set([short])), renamed(name, rules, new Set([name])));
    }
  }
  const projection = 'text_model.encoder.layers.0.self_attn.q_proj.weight';
  assert.equal(renamed(projection, clipRules, new Set()), projection);
});

const small = {
  text: { vocabulary: 600, width: 32, layers: 3 },
  unet: { ...sd15.unet, channels: 32, multipliers: [1, 1, 1, 1] },
  vae: { ...sd15.vae, channels: 32, multipliers: [1, 1, 1, 1] },
};

test('a folder draws what one file draws', async () => {
  const path = join(folder, 'one.safetensors');
  writeRandomCheckpoint(path, sd1Layout(small), 'F16');
  const parts = { unet: sd1.unet, vae: sd1.vae, text_encoder: sd1.text_encoder };
  const prefixes = {
    unet: 'model.diffusion_model.',
    vae: 'first_stage_model.',
    text_encoder: 'cond_stage_model.transformer.',
  };
  const apart = join(folder, 'apart.v1');
  writeFolder(apart, pieces(await openWeights(path), parts, prefixes));
  writeFileSync(join(apart, 'text_encoder/config.json'), '{"hidden_act":"quick_gelu"}');
  const { title, name } = await inspectCheckpoint(apart);
  assert.deepEqual([title, name], ['Stable Diffusion 1', 'apart.v1']);
  assert.deepEqual(await drawn(apart), await drawn(path));
});

test('the scheduler’s settings say what the UNet predicts', async () => {
  const apart = join(folder, 'apart.v1');
  const before = await drawn(apart);
  mkdirSync(join(apart, 'scheduler'));
  writeFileSync(join(apart, 'scheduler/scheduler_config.json'), '{"prediction_type":"v_prediction"}');
  assert.notDeepEqual(await drawn(apart), before);
});

const openClipNames: readonly (readonly [RegExp, string])[] = [
  [/^token_embedding\.weight$/, 'text_model.embeddings.token_embedding.weight'],
  [/^positional_embedding$/, 'text_model.embeddings.position_embedding.weight'],
  [/^ln_final\./, 'text_model.final_layer_norm.'],
  [/^transformer\.resblocks\.(\d+)\.ln_([12])\./, 'text_model.encoder.layers.$1.layer_norm$2.'],
  [/^transformer\.resblocks\.(\d+)\.mlp\.c_fc\./, 'text_model.encoder.layers.$1.mlp.fc1.'],
  [/^transformer\.resblocks\.(\d+)\.mlp\.c_proj\./, 'text_model.encoder.layers.$1.mlp.fc2.'],
  [/^transformer\.resblocks\.(\d+)\.attn\.out_proj\./, 'text_model.encoder.layers.$1.self_attn.out_proj.'],
];

for (const [architecture, prefix, place] of [
  ['sd2', 'cond_stage_model.model.', 'text_encoder'],
  ['sdxl', 'conditioner.embedders.1.model.', 'text_encoder_2'],
] as const) {
  const path = join(modelsFolder, `models/${architecture}-tiny.fp16.safetensors`);
  if (!existsSync(path)) continue;
  test(`a folder of ${architecture} draws what one file draws`, async () => {
    const file = await openWeights(path);
    const names = { ...sd1, ...{ sd2, sdxl }[architecture] };
    const parts = {
      unet: names.unet,
      vae: names.vae,
      ...(architecture === 'sdxl' && { text_encoder: sd1.text_encoder }),
    };
    const apart = join(folder, architecture);
    const prefixes = {
      unet: 'model.diffusion_model.',
      vae: 'first_stage_model.',
      text_encoder: 'conditioner.embedders.0.transformer.',
    };
    const isCut = architecture === 'sd2';
    const second = openClipPieces(file, prefix, isCut);
    writeFolder(apart, { ...pieces(file, parts, prefixes), [place]: second });
    writeFileSync(join(apart, place, 'config.json'), '{"hidden_act":"gelu"}');
    const overrides = overridesOf(`${architecture}-tiny`);
    assertNearPixels(await drawn(apart, overrides), await drawn(path, overrides));
  });
}

test('a folder that is no model, or lacks a network, is refused', async () => {
  await assert.rejects(openWeights(folder), { code: 'checkpoint.unsupported', message: /model_index\.json/ });
  const lacking = join(folder, 'lacking');
  for (const part of ['unet', 'vae']) mkdirSync(join(lacking, part), { recursive: true });
  writeFileSync(join(lacking, 'model_index.json'), '{}');
  await assert.rejects(openWeights(lacking), { code: 'checkpoint.not-found' });
});

type Piece = {
  readonly type: StoredTensor['type'];
  readonly shape: readonly number[];
  readonly bytes: Buffer;
};
type Pieces = ReadonlyMap<string, Piece>;

const contents = new Map<string, Buffer>();

function bytesOf({ path }: WeightFile, { offset, length }: StoredTensor): Buffer {
  const content = contents.get(path) ?? readFileSync(path);
  contents.set(path, content);
  return content.subarray(offset, offset + length);
}

/** The tensors of one file by their networks and diffusers' names. */
function pieces(
  file: WeightFile,
  parts: Readonly<Record<string, Layers>>,
  prefixes: Readonly<Record<string, string>>,
): Record<string, Pieces> {
  const split = (layers: Layers, prefix: string): Pieces => {
    const found = new Map<string, Piece>();
    for (const [layer, original] of Object.entries(layers)) {
      for (const end of ['.weight', '.bias']) {
        const stored = file.tensors.get(prefix + original + end);
        if (stored === undefined) continue;
        const isAttention = prefix === 'first_stage_model.' && /attentions/.test(layer);
        const shape = isAttention ? stored.shape.slice(0, 2) : stored.shape;
        found.set(layer + end, { type: stored.type, shape, bytes: bytesOf(file, stored) });
      }
    }
    return found;
  };
  return Object.fromEntries(
    Object.entries(parts).map(([part, layers]) => [part, split(layers, prefixes[part])]),
  );
}

/** OpenCLIP's tensors as transformers has them; for SD 2 without what is behind the last layer but one. */
function openClipPieces(file: WeightFile, prefix: string, isCut: boolean): Pieces {
  const own = [...file.tensors].filter(([name]) => name.startsWith(prefix));
  const numbers = own.map(([name]) => Number(/resblocks\.(\d+)\./.exec(name)?.[1] ?? -1));
  const last = Math.max(...numbers);
  const found = new Map<string, Piece>();
  for (const [full, stored] of own) {
    const name = full.slice(prefix.length);
    if (isCut && (name.includes(`resblocks.${last}.`) || name === 'text_projection')) continue;
    const bytes = bytesOf(file, stored);
    const { type, shape } = stored;
    const [, layer, end] = /^transformer\.resblocks\.(\d+)\.attn\.in_proj_(weight|bias)$/.exec(name) ?? [];
    if (layer !== undefined) {
      const third = bytes.length / 3;
      ['q', 'k', 'v'].forEach((part, i) =>
        found.set(`text_model.encoder.layers.${layer}.self_attn.${part}_proj.${end}`, {
          type,
          shape: [shape[0] / 3, ...shape.slice(1)],
          bytes: bytes.subarray(i * third, (i + 1) * third),
        }),
      );
    } else if (name === 'text_projection') {
      const [rows, columns] = shape;
      const turned = Buffer.alloc(bytes.length);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          bytes.copy(
            turned,
            2 * (column * rows + row),
            2 * (row * columns + column),
            2 * (row * columns + column) + 2,
          );
        }
      }
      found.set('text_projection.weight', { type, shape: [columns, rows], bytes: turned });
    } else {
      const [pattern, to] = openClipNames.find(([one]) => one.test(name)) ?? [];
      if (pattern !== undefined && to !== undefined)
        found.set(name.replace(pattern, to), { type, shape, bytes });
    }
  }
  return found;
}

function writeFolder(path: string, parts: Readonly<Record<string, Pieces>>): void {
  for (const [part, tensors] of Object.entries(parts)) {
    const name = part.startsWith('text') ? 'model' : 'diffusion_pytorch_model';
    const file = join(path, part, `${name}.safetensors`);
    mkdirSync(dirname(file), { recursive: true });
    let end = 0;
    const header = Object.fromEntries(
      [...tensors].map(([tensor, { type, shape, bytes }]) => {
        const start = end;
        end += bytes.length;
        return [tensor, { dtype: type.toUpperCase(), shape, data_offsets: [start, end] }];
      }),
    );
    const json = Buffer.from(JSON.stringify(header));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(json.length));
    writeFileSync(file, Buffer.concat([length, json, ...[...tensors.values()].map(({ bytes }) => bytes)]));
  }
  writeFileSync(join(path, 'model_index.json'), '{"_class_name":"StableDiffusionPipeline"}');
}

async function drawn(path: string, overrides?: ArchitectureOverrides): Promise<Uint8Array> {
  await using model = await loadModel(path, { threads: 1, overrides });
  const request = { prompt: '5 6 7', negativePrompt: '9', width: 64, height: 64, steps: 2, seed: 3 };
  for await (const event of textToImage(model, request)) {
    if (event.type === 'picture') return event.image.data;
  }
  return assert.fail('nothing was drawn');
}
