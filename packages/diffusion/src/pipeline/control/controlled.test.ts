import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Network, NetworkInput } from '../../denoiser/network.ts';
import { findPreprocessor } from '../../preprocessor/registry.ts';
import type { ControlNetworks } from '../../runtime/control-net.ts';
import { tensor } from '../../tensor.ts';
import type { Tensor } from '../../tensor.ts';
import { listenTo } from './controlled.ts';
import type { Control } from './controlled.ts';

const size = { width: 3, height: 2 };

/** A batch whose rows are known by their timestep. */
function batch(rows: number, { width, height } = size, channels = 4): NetworkInput {
  return {
    x: tensor([rows, channels, height, width]),
    timesteps: Float32Array.from({ length: rows }, (_, row) => row + 1),
    context: tensor([rows, 2, 1]),
    isPositive: Array.from({ length: rows }, (_, row) => row < rows / 2),
  };
}

/** A control whose ControlNet says its rows' timesteps, and what it was asked. */
function setUp(changes: Partial<Control> = {}): {
  readonly control: Control;
  readonly asked: NetworkInput[];
  readonly hints: (readonly number[])[];
} {
  const asked: NetworkInput[] = [];
  const hints: (readonly number[])[] = [];
  const networks = {
    encodeHint: (hint: Tensor) => {
      hints.push(hint.shape);
      return Promise.resolve(hint);
    },
    evaluate: (input: NetworkInput) => {
      asked.push(input);
      const rows = input.timesteps.length;
      return Promise.resolve([0, 1].map(() => tensor([rows, 1, 1, 1], input.timesteps.slice())));
    },
  } as unknown as ControlNetworks;
  const image = { width: 1, height: 1, data: new Uint8Array(3) };
  const control: Control = {
    networks,
    title: 'fake',
    image,
    map: image,
    weight: 1,
    start: 0,
    end: 1,
    mode: 'balanced',
    resizeMode: 'crop',
    preprocessor: findPreprocessor('none'),
    resolution: 512,
    pixelPerfect: false,
    thresholdA: 0,
    thresholdB: 0,
    passes: 'both',
    ...changes,
  };
  return { control, asked, hints };
}

/** What the UNet is told, by result. */
async function heard(
  controls: readonly Control[],
  input: NetworkInput = batch(2),
  share = 0,
): Promise<readonly (readonly number[])[] | undefined> {
  let told: NetworkInput | undefined;
  const network: Network = (given) => {
    told = given;
    return Promise.resolve(given.x);
  };
  await listenTo(controls, size)(network, () => share)(input);
  return told?.controls?.map(({ data }) => [...data].map((value) => Number(value.toFixed(5))));
}

const soft = (place: number): number => 0.825 ** (12 - place);
const round = (value: number): number => Number(value.toFixed(5));

test('what is said counts by its weight, and several are summed', async () => {
  const [a, b] = [setUp({ weight: 0.5 }), setUp({ weight: 2 })];
  assert.deepEqual(await heard([a.control]), [
    [0.5, 1],
    [0.5, 1],
  ]);
  assert.deepEqual(await heard([a.control, b.control]), [
    [2.5, 5],
    [2.5, 5],
  ]);
});

test('nobody is asked without weight, before the start or after the end', async () => {
  for (const [changes, share, isAsked] of [
    [{ weight: 0 }, 0.5, false],
    [{ start: 0.3 }, 0.2, false],
    [{ start: 0.3 }, 0.3, true],
    [{ end: 0.3 }, 0.3, true],
    [{ end: 0.3 }, 0.4, false],
    [{ passes: 'second' }, 0, false],
    [{ passes: 'first' }, 0, true],
  ] as const) {
    const { control, asked } = setUp(changes);
    const told = await heard([control], batch(2), share);
    assert.equal(asked.length === 1 && told !== undefined, isAsked, JSON.stringify(changes));
  }
});

test('where the prompt is more important, finer results count less', async () => {
  const { control } = setUp({ mode: 'prompt' });
  assert.deepEqual(await heard([control]), [
    [round(soft(0)), round(2 * soft(0))],
    [round(soft(1)), round(2 * soft(1))],
  ]);
});

test('where the ControlNet is more important, it speaks to positive rows only', async () => {
  const { control, asked } = setUp({ mode: 'control' });
  assert.deepEqual(await heard([control], batch(4)), [
    [round(soft(0)), round(2 * soft(0)), 0, 0],
    [round(soft(1)), round(2 * soft(1)), 0, 0],
  ]);
  assert.deepEqual([...asked[0].timesteps], [1, 2]);
  const alone = { ...batch(1), isPositive: [false] };
  assert.equal(await heard([control], alone), undefined);
});

test('a picture is looked at once for each size, and thin lines count less in a larger pass', async () => {
  const { control, hints } = setUp({ preprocessor: findPreprocessor('canny') });
  const told: (readonly Tensor[] | undefined)[] = [];
  const network: Network = (given) => {
    told.push(given.controls);
    return Promise.resolve(given.x);
  };
  const listen = listenTo([control], size);
  const large = { width: 6, height: 4 };
  for (const at of [size, size, large, large]) await listen(network, () => 0)(batch(2, at));
  assert.deepEqual(hints, [
    [1, 3, 16, 24],
    [1, 3, 32, 48],
  ]);
  assert.deepEqual(
    told.map((said) => round(said?.[0].data[0] ?? 0)),
    [1, 1, round(soft(0)), round(soft(0))],
  );
});

test('a mask says where it speaks, at the size of each result', async () => {
  const said = [
    { width: 4, height: 2 },
    { width: 2, height: 1 },
  ];
  const networks = {
    encodeHint: (hint: Tensor) => Promise.resolve(hint),
    evaluate: ({ timesteps }: NetworkInput) =>
      Promise.resolve(
        said.map(({ width, height }) => {
          const area = 2 * width * height;
          const data = Float32Array.from(
            { length: timesteps.length * area },
            (_, i) => timesteps[Math.floor(i / area)],
          );
          return tensor([timesteps.length, 2, height, width], data);
        }),
      ),
  } as unknown as ControlNetworks;
  // Its left half is white.
  const data = Uint8Array.from({ length: 32 * 16 * 3 }, (_, i) => (Math.floor(i / 3) % 32 < 16 ? 255 : 0));
  const mask = { width: 32, height: 16, data };
  const { control } = setUp({ networks, mask, resizeMode: 'stretch', weight: 0.5 });
  const told = await heard([control], batch(2, { width: 4, height: 2 }));
  const [fine, coarse] = told ?? [];
  // Two channels of two lines for each row of the batch.
  const line = [1, 1, 0, 0];
  const row = [line, line, line, line].flat();
  assert.deepEqual(fine, [...row.map((share) => share / 2), ...row]);
  assert.deepEqual(coarse, [0.5, 0, 0.5, 0, 1, 0, 1, 0]);
});

test('a black mask is as if nobody spoke, a white one as if there were none', async () => {
  const [black, white] = [0, 255].map((value) => ({
    width: 5,
    height: 5,
    data: new Uint8Array(75).fill(value),
  }));
  assert.deepEqual((await heard([setUp({ mask: black }).control]))?.flat(), [0, 0, 0, 0]);
  assert.deepEqual(await heard([setUp({ mask: white }).control]), await heard([setUp().control]));
});

test('of an inpainting model’s input it sees the noisy picture only', async () => {
  const { control, asked } = setUp();
  await heard([control], batch(2, size, 9));
  assert.deepEqual(asked[0].x.shape, [2, 4, 2, 3]);
});
