/** Tiny ControlNets and UNets that listen to them, against PyTorch: `test-data/control-net/reference.py`. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { elementsOf, weightsOf } from '@bottega/graph';
import { assertNear, readTensors, writeRandomCheckpoint } from '@bottega/testing';
import type { ReferenceTensor } from '@bottega/testing';
import { openWeights } from '../../checkpoint/open-weights.ts';
import { openControlNet } from '../../runtime/control-net.ts';
import { openSession } from '../../runtime/session.ts';
import { unetPrefix } from '../unet/config.ts';
import type { UNetConfig } from '../unet/config.ts';
import { controlNames } from '../unet/control-names.ts';
import { unet } from '../unet/unet.ts';
import { controlPrefix } from './config.ts';
import type { ControlNetConfig } from './config.ts';
import { controlNet } from './control-net.ts';
import { hintEncoder } from './hint-encoder.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-control-net-'));
after(() => rmSync(folder, { recursive: true }));

const common = { prefix: unetPrefix, inChannels: 4, outChannels: 4, channels: 32, middleDepth: 1 };
const configs: Readonly<Record<string, UNetConfig>> = {
  sd1: {
    ...common,
    levels: [
      { channels: 32, residualBlocks: 2, depth: 1 },
      { channels: 64, residualBlocks: 2, depth: 0 },
    ],
    contextWidth: 24,
    vectorWidth: 0,
    projections: 'kernel',
    heads: { count: 8 },
  },
  sd2: {
    ...common,
    levels: [
      { channels: 32, residualBlocks: 1, depth: 1 },
      { channels: 64, residualBlocks: 1, depth: 1 },
    ],
    contextWidth: 40,
    vectorWidth: 0,
    projections: 'matrix',
    heads: { channels: 16 },
  },
  sdxl: {
    ...common,
    levels: [
      { channels: 32, residualBlocks: 1, depth: 0 },
      { channels: 64, residualBlocks: 1, depth: 2 },
    ],
    contextWidth: 48,
    vectorWidth: 20,
    projections: 'matrix',
    heads: { channels: 16 },
  },
};

for (const [name, config] of Object.entries(configs)) {
  const facts = readTensors(join(import.meta.dirname, `../../../test-data/control-net/${name}.safetensors`));
  const fact = (key: string): ReferenceTensor => {
    const found = facts.get(key);
    assert.ok(found, key);
    return found;
  };
  const { data: timesteps } = fact('timesteps');
  const vector = facts.get('vector');
  const input = { x: fact('x'), timesteps, context: fact('context'), ...(vector && { vector }) };
  const said = controlNames([...facts.keys()].filter((key) => /^control\d/.test(key)).length).map(fact);

  test(`${name}: a ControlNet says what PyTorch's says`, async () => {
    const path = writeControlNet(name, config);
    const overrides = 'count' in config.heads ? {} : { unetHeadChannels: config.heads.channels };
    await using control = await openControlNet(path, { threads: 1, overrides });
    const guide = await control.encodeHint(fact('hint'));
    assertNear(guide, fact('guide'));
    const actual = await control.evaluate(input, guide);
    assert.equal(actual.length, said.length);
    for (const [i, tensor] of actual.entries()) assertNear(tensor, said[i]);
  });

  test(`${name}: a UNet hears what it says`, async () => {
    const path = join(folder, `${name}-unet.safetensors`);
    writeRandomCheckpoint(path, weightsOf(unet(config)), 'F32');
    const weights = await openWeights(path);
    const times = { shape: [timesteps.length], data: timesteps };
    const run = async (isControlled: boolean, feeds: object): Promise<void> => {
      const session = await openSession(unet(config, { controlled: isControlled }), weights, { threads: 1 });
      const out = await session.run({ ...input, timesteps: times, ...feeds }, 'out');
      assertNear(out, fact(isControlled ? 'out' : 'uncontrolled'));
      await session.dispose();
    };
    const names = controlNames(said.length - 1);
    const weaker = said.map(({ shape, data }) => ({ shape, data: data.map((value) => 0.7 * value) }));
    await run(true, Object.fromEntries(names.map((key, i) => [key, weaker[i]])));
    await run(false, {});
  });
}

function block(channels: number, depth: number): UNetConfig['levels'][number] {
  return { channels, residualBlocks: 2, depth };
}

test('ControlNets have as many parameters as those published', () => {
  const widths = [16, 16, 32, 32, 96, 96, 256];
  const sd15: UNetConfig = {
    ...common,
    channels: 320,
    levels: [block(320, 1), block(640, 1), block(1280, 1), block(1280, 0)],
    contextWidth: 768,
    vectorWidth: 0,
    projections: 'kernel',
    heads: { count: 8 },
  };
  const sdxl: UNetConfig = {
    ...sd15,
    levels: [block(320, 0), block(640, 2), block(1280, 10)],
    middleDepth: 10,
    contextWidth: 2048,
    vectorWidth: 2816,
    projections: 'matrix',
  };
  const parametersOf = (unet: UNetConfig): number => {
    const own = { unet, hintChannels: 3, hintWidths: widths };
    const weights = new Map([...weightsOf(hintEncoder(own)), ...weightsOf(controlNet(own))]);
    return [...weights.values()].reduce((sum, shape) => sum + elementsOf(shape), 0);
  };
  assert.equal(parametersOf(sd15), 361_279_120);
  assert.equal(parametersOf(sdxl), 1_251_014_160);
});

function writeControlNet(name: string, config: UNetConfig): string {
  const widths = [16, 16, 16, 16, 24, 24, 32];
  const own: ControlNetConfig = {
    unet: { ...config, prefix: controlPrefix },
    hintChannels: 3,
    hintWidths: widths,
  };
  const path = join(folder, `${name}.safetensors`);
  writeRandomCheckpoint(
    path,
    new Map([...weightsOf(hintEncoder(own)), ...weightsOf(controlNet(own))]),
    'F32',
  );
  return path;
}
