/** Preprocessors against the same put together from OpenCV: `test-data/preprocessors/reference.py`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertWithin, decoded, facts, pictureOf } from '../image/opencv/facts.ts';
import { findPreprocessor, preprocessors } from './registry.ts';

/** A byte that is off by one from resizing may fall to the other side of a threshold. */
const strayShare: Readonly<Record<string, number>> = {
  canny: 0.01,
  threshold: 0.005,
  scribble_xdog: 0.005,
};

for (const { name, image, settings, result } of facts.maps) {
  const [resolution, thresholdA, thresholdB] = settings;
  test(`${name} of ${image} at ${resolution} with ${thresholdA}, ${thresholdB}`, () => {
    const map = findPreprocessor(name).apply(pictureOf(image), { resolution, thresholdA, thresholdB });
    assertWithin(map, decoded(result), 2, strayShare[name]);
  });
}

test('every preprocessor is compared', () => {
  const compared = new Set(facts.maps.map(({ name }) => name));
  assert.deepEqual(
    preprocessors.map(({ name }) => name).filter((name) => !compared.has(name)),
    [],
  );
});

test('names and labels are known, others refused with what there is', () => {
  assert.equal(findPreprocessor('invert (from white bg & black line)').name, 'invert');
  assert.throws(() => findPreprocessor('depth_midas'), { code: 'preprocessor.unknown', message: /canny/ });
});

for (const { name, apply, thresholds } of preprocessors) {
  test(`${name} takes a picture of one pixel`, () => {
    const settings = {
      resolution: 64,
      thresholdA: thresholds[0]?.value ?? 0,
      thresholdB: thresholds[1]?.value ?? 0,
    };
    const dot = apply({ width: 1, height: 1, data: Uint8Array.of(1, 200, 3) }, settings);
    assert.equal(dot.data.length, dot.width * dot.height * 3);
  });
}

test('a picture so long that it would become huge is refused', () => {
  const long = { width: 16_384, height: 1, data: new Uint8Array(16_384 * 3) };
  assert.throws(
    () => findPreprocessor('canny').apply(long, { resolution: 512, thresholdA: 100, thresholdB: 200 }),
    { code: 'request.too-large', message: /16384x1 / },
  );
});
