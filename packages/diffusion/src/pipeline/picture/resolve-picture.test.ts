/** Every field of what a drawing starts from: defaults, ranges, and what is said of the rest. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ImageToImageRequest } from '../../api.ts';
import { resolvePicture } from './resolve-picture.ts';

const image = { width: 2, height: 1, data: new Uint8Array(6) };
const resolve = (request: object) =>
  resolvePicture({ prompt: '', images: [image], ...request } as ImageToImageRequest);

test("what a request leaves open is A1111's default", () => {
  assert.deepEqual(resolve({ mask: { image } }), {
    images: [image],
    strength: 0.75,
    matchColours: false,
    resizeMode: 'stretch',
    encoderSeed: undefined,
    imageCfgScale: undefined,
    mask: {
      image,
      invert: false,
      blur: { x: 4, y: 4 },
      content: 'original',
      area: 'whole',
      padding: 32,
      returns: [],
      round: true,
      overlay: true,
      soft: undefined,
    },
  });
  assert.equal(resolve({}).mask, undefined);
  assert.deepEqual(resolve({ mask: { image, blur: { x: 1, y: 0 } } }).mask?.blur, { x: 1, y: 0 });
});

test('the bytes of a Buffer are as safe as others: they are the same, but not a Buffer any more', () => {
  const data = Buffer.from([1, 2, 3, 4, 5, 6]);
  const [resolved] = resolve({ images: [{ ...image, data }] }).images;
  resolved.data.slice()[0] = 9;
  assert.deepEqual([...resolved.data], [1, 2, 3, 4, 5, 6]);
});

const badImages: readonly unknown[] = [
  undefined,
  null,
  'a.png',
  { ...image, width: 0 },
  { ...image, width: 1.5 },
  { ...image, height: 16_385 },
  { ...image, height: NaN },
  { ...image, data: [0, 0, 0, 0, 0, 0] },
  { ...image, data: new Uint8Array(8) },
];

const values: Readonly<Record<string, { good: readonly unknown[]; bad: readonly unknown[] }>> = {
  images: { good: [[image]], bad: [undefined, [], image, [image, image], ...badImages.map((bad) => [bad])] },
  strength: { good: [0, 0.5, 1], bad: [-0.01, 1.01, NaN, '0.5'] },
  resizeMode: { good: ['latent', 'crop', 'fill'], bad: [0, 'Stretch'] },
  encoderSeed: { good: [0, 2 ** 32 - 1], bad: [-1, 0.5, 2 ** 32] },
  mask: { good: [undefined], bad: [null, 'x', [image], image] },
  'mask.image': { good: [{ width: 1, height: 1, data: new Uint8Array(3) }], bad: badImages },
  'mask.invert': { good: [true], bad: [1, 'yes'] },
  'mask.blur': { good: [0, 256, { x: 0, y: 7 }], bad: [-1, 257, 1.5, NaN, '4', { x: 1 }, null] },
  'mask.content': { good: ['fill', 'latent noise', 'latent nothing'], bad: [1, 'noise'] },
  'mask.area': { good: ['masked'], bad: ['Only masked', true] },
  'mask.padding': { good: [0, 16_384], bad: [-1, 0.5, 16_385] },
  'mask.round': { good: [false], bad: [0] },
};

for (const [field, { good, bad }] of Object.entries(values)) {
  const [outer, inner] = field.split('.');
  const request = (value: unknown): object =>
    inner === undefined ? { [outer]: value } : { [outer]: { image, [inner]: value } };
  test(`${field}: good values are taken, bad ones refused by name`, () => {
    for (const value of good) assert.doesNotThrow(() => resolve(request(value)));
    for (const value of bad) {
      assert.throws(
        () => resolve(request(value)),
        (error: { code: string; details: { field: string }; message: string }) => {
          assert.equal(error.code, 'request.invalid');
          assert.ok(error.details.field.startsWith(field), `${error.details.field} of ${field}`);
          assert.match(error.message, /: must .*, not /);
          assert.ok(error.message.length < 250, error.message);
          return true;
        },
        String(value),
      );
    }
  });
}

test('a batch has one picture or as many as it draws', () => {
  assert.equal(resolve({ images: [image, image], batchSize: 2 }).images.length, 2);
  assert.equal(resolve({ images: [image], batchSize: 2 }).images.length, 1);
  assert.throws(() => resolve({ images: [image, image], batchSize: 3 }), { message: /^images: .*, not 2/ });
});
