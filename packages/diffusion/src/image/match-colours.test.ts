/** Against what OpenCV, scikit-image and blendmodes made of the same pictures, byte for byte. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import type { RgbImage } from '../api.ts';
import { matchColours } from './match-colours.ts';
import { fromLab, toLab } from './opencv/lab.ts';

type Encoded = { readonly width: number; readonly height: number; readonly data: string };
type Case = { readonly image: string; readonly result: Encoded };

const path = join(import.meta.dirname, '../../test-data/colours.json');
const facts = JSON.parse(readFileSync(path, 'utf8')) as {
  readonly pictures: Readonly<Record<string, Encoded>>;
  readonly toLab: readonly Case[];
  readonly fromLab: readonly Case[];
  readonly matched: readonly (Case & { readonly like: string })[];
};

function decoded({ width, height, data }: Encoded): RgbImage {
  return { width, height, data: new Uint8Array(inflateSync(Buffer.from(data, 'base64'))) };
}
const picture = (name: string): RgbImage => decoded(facts.pictures[name]);

test('colours become L*a*b* and back as in OpenCV', () => {
  for (const { image, result } of facts.toLab) assert.deepEqual(toLab(picture(image)), decoded(result));
  for (const { image, result } of facts.fromLab) assert.deepEqual(fromLab(picture(image)), decoded(result));
});

test('a picture takes the colours of another one as in A1111', () => {
  for (const { image, like, result } of facts.matched) {
    assert.deepEqual(matchColours(picture(image), picture(like)), decoded(result), `${image} like ${like}`);
  }
});
