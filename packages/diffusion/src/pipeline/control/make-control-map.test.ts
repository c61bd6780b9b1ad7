import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodePng } from '../../image/encode-png.ts';
import { controlMap } from './control-map.ts';
import { makeControlMap } from './make-control-map.ts';

const picture = (width: number, height: number) => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 7919) % 251),
});

test('it is the map that controlMap gives, at either size', async () => {
  for (const preprocessor of ['canny', 'invert', 'tile_resample']) {
    const request = { image: picture(70, 50), preprocessor, resolution: 64 };
    assert.deepEqual(await makeControlMap(request), new Uint8Array(encodePng(controlMap(request))));
    const size = { width: 48, height: 32 };
    assert.deepEqual(
      await makeControlMap(request, size),
      new Uint8Array(encodePng(controlMap(request, size))),
    );
  }
});

test('the program goes on while a map is made', async () => {
  const order: string[] = [];
  const making = makeControlMap({ image: picture(1500, 1500), preprocessor: 'blur_gaussian' }).then(() =>
    order.push('map'),
  );
  await new Promise((resolve) => setImmediate(resolve));
  order.push('program');
  await making;
  assert.deepEqual(order, ['program', 'map']);
});

test('several at once each get their own, and what is refused is refused by its code', async () => {
  const made = [30, 40, 50].map((width) =>
    makeControlMap({ image: picture(width, 20), preprocessor: 'none' }),
  );
  const refused = makeControlMap({ image: picture(8, 8), preprocessor: 'magic' });
  await assert.rejects(refused, { name: 'EngineError', code: 'preprocessor.unknown', message: /magic/ });
  const widths = (await Promise.all(made)).map((png) => Buffer.from(png).readUInt32BE(16));
  assert.deepEqual(widths, [30, 40, 50]);
});
