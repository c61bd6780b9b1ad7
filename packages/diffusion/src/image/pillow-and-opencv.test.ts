/** Resizing, blurring and compositing against the libraries that A1111 uses, bit for bit. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { boxBlur } from './box-blur.ts';
import { toGrey } from './channels.ts';
import type { Bytes } from './channels.ts';
import { bicubic, lanczos } from './filters.ts';
import { fitImage } from './fit.ts';
import type { FitMode } from './fit.ts';
import { filledFromAround, withOriginal } from './masked.ts';
import { resample } from './resample.ts';
import { soften } from './soften.ts';

type Encoded = { readonly width: number; readonly height: number; readonly data: string };
type Facts = {
  readonly resize: readonly (Case & { readonly filter: 'lanczos' | 'bicubic' })[];
  readonly fit: readonly (Case & { readonly mode: FitMode })[];
  readonly soften: readonly (Case & { readonly across: number; readonly down: number })[];
  readonly blur: readonly (Case & { readonly radius: number })[];
  readonly fill: readonly (Case & { readonly mask: Encoded })[];
  readonly overlay: readonly {
    readonly drawn: Encoded;
    readonly original: Encoded;
    readonly mask: Encoded;
    readonly result: Encoded;
  }[];
  readonly grey: readonly Case[];
};
type Case = { readonly image: Encoded; readonly result: Encoded };

const path = join(import.meta.dirname, '../../test-data/pillow-and-opencv.json');
const facts = JSON.parse(readFileSync(path, 'utf8')) as Facts;

const decoded = ({ data, ...size }: Encoded): Bytes => ({
  ...size,
  data: new Uint8Array(Buffer.from(data, 'base64')),
});

function assertSame(actual: Bytes, expected: Encoded): void {
  assert.deepEqual([actual.width, actual.height], [expected.width, expected.height]);
  assert.deepEqual([...actual.data], [...decoded(expected).data]);
}

const nameOf = ({ image, result }: Case): string =>
  `${image.width}x${image.height} to ${result.width}x${result.height}`;

for (const c of facts.resize) {
  test(`resizing by ${c.filter}, ${nameOf(c)}, ${decoded(c.image).data.length} bytes`, () => {
    const filter = { lanczos, bicubic }[c.filter];
    assertSame(resample(decoded(c.image), c.result.width, c.result.height, filter), c.result);
  });
}

for (const c of facts.fit) {
  test(`fitting by ${c.mode}, ${nameOf(c)}`, () => {
    assertSame(fitImage(decoded(c.image), c.mode, c.result.width, c.result.height), c.result);
  });
}

for (const c of facts.soften) {
  test(`softening by ${c.across} and ${c.down}, ${nameOf(c)}`, () => {
    assertSame(soften(decoded(c.image), c.across, c.down), c.result);
  });
}

for (const c of facts.blur) {
  test(`blurring by ${c.radius}`, () => {
    assertSame(boxBlur(decoded(c.image), c.radius), c.result);
  });
}

for (const [i, c] of facts.fill.entries()) {
  test(`filling a hole from around, mask ${i}`, () => {
    assertSame(filledFromAround(decoded(c.image), decoded(c.mask)), c.result);
  });
}

for (const [i, c] of facts.overlay.entries()) {
  test(`putting back what was not masked, mask ${i}`, () => {
    assertSame(withOriginal(decoded(c.drawn), decoded(c.original), decoded(c.mask)), c.result);
  });
}

test('brightness', () => {
  for (const c of facts.grey) assertSame(toGrey(decoded(c.image)), c.result);
});
