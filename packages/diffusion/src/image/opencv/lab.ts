import type { RgbImage } from '../../api.ts';

/** CIE L*a*b* as OpenCV keeps it in bytes: three channels of 0 to 255; a and b are 128 where there is no colour. */
export type LabImage = { readonly width: number; readonly height: number; readonly data: Uint8Array };

/** OpenCV's integers: bits of coefficients and of cube roots, and what 1 is on the way back. */
const coefficientBits = 12;
const rootBits = 15;
const one = 2 ** 14;
/** Linear light has so many steps for one of a byte. */
const gammaSteps = 8;
const inverseSteps = 4096;

/** D65. */
const white = [0.950456, 1, 1.088754];
const toXyz = [0.412453, 0.35758, 0.180423, 0.212671, 0.71516, 0.072169, 0.019334, 0.119193, 0.950227];
const fromXyz = [3.240479, -1.53715, -0.498535, -0.969256, 1.875991, 0.041556, 0.055648, -0.204043, 1.057311];
const toWhite = toXyz.map((value, i) => roundEven((value / white[Math.floor(i / 3)]) * 2 ** coefficientBits));
const fromWhite = fromXyz.map((value, i) => roundEven(value * white[i % 3] * 2 ** coefficientBits));

const linearOf = Int32Array.from({ length: 256 }, (_, byte) => {
  const x = byte / 255;
  return roundEven(255 * gammaSteps * (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
});
const byteOf = Uint8Array.from({ length: inverseSteps }, (_, step) => {
  const x = step / inverseSteps;
  return roundEven(255 * (x <= 0.0031308 ? 12.92 * x : 1.055 * x ** (1 / 2.4) - 0.055));
});
/** Of X, Y and Z; somewhat beyond white. */
const rootOf = Int32Array.from({ length: (256 * 3 * gammaSteps) / 2 }, (_, step) => {
  const x = step / (255 * gammaSteps);
  return roundEven(Math.fround(x < 216 / 24_389 ? (x * 841) / 108 + 16 / 116 : Math.cbrt(x)) * 2 ** rootBits);
});
/** Y by lightness, and its root. */
const brightness = Array.from({ length: 256 }, (_, lightness): readonly [y: number, root: number] => {
  if (lightness <= 20) {
    const y = (lightness * one * 180) / (17 * 29 ** 3);
    return [roundEven(y), roundEven(one * (16 / 116 + (lightness * 5) / (3 * 17 * 29)))];
  }
  const root = (lightness * 100 * one) / (255 * 116) + (16 * one) / 116;
  return [roundEven(root ** 3 / one ** 2), roundEven(root)];
});

/** As OpenCV's `COLOR_RGB2LAB` does, bit for bit. */
export function toLab({ width, height, data }: RgbImage): LabImage {
  const result = new Uint8ClampedArray(data.length);
  const root = (at: number, row: number): number => {
    const sum =
      toWhite[row] * linearOf[data[at]] +
      toWhite[row + 1] * linearOf[data[at + 1]] +
      toWhite[row + 2] * linearOf[data[at + 2]];
    return rootOf[descaled(sum, coefficientBits)];
  };
  for (let at = 0; at < data.length; at += 3) {
    const [x, y, z] = [root(at, 0), root(at, 3), root(at, 6)];
    result[at] = descaled(296 * y - Math.trunc((16 * 255 * 2 ** rootBits + 50) / 100), rootBits);
    result[at + 1] = descaled(500 * (x - y) + 128 * 2 ** rootBits, rootBits);
    result[at + 2] = descaled(200 * (y - z) + 128 * 2 ** rootBits, rootBits);
  }
  return { width, height, data: new Uint8Array(result.buffer) };
}

/** As OpenCV's `COLOR_LAB2RGB` does, bit for bit. */
export function fromLab({ width, height, data }: LabImage): RgbImage {
  const result = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 3) {
    const [y, root] = brightness[data[at]];
    const x = cubed(root + ((5 * data[at + 1] * 53_687 + 128) >> 13) - 4194);
    const z = cubed(root - ((data[at + 2] * 41_943 + 16) >> 9) + 10_484);
    for (let channel = 0; channel < 3; channel++) {
      const row = 3 * channel;
      const sum = fromWhite[row] * x + fromWhite[row + 1] * y + fromWhite[row + 2] * z;
      const light = descaled(sum, 14);
      result[at + channel] = byteOf[Math.min(inverseSteps - 1, Math.max(0, light))];
    }
  }
  return { width, height, data: result };
}

/** X or Z of its root, linear below what eyes tell apart. */
function cubed(root: number): number {
  if (root <= 3390) return Math.trunc((root * 108) / 841) - 290;
  return Math.trunc((Math.trunc((root * root) / one) * root) / one);
}

function descaled(value: number, bits: number): number {
  return Math.floor((value + 2 ** (bits - 1)) / 2 ** bits);
}

/** Halves to the even neighbour, as OpenCV rounds. */
function roundEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
}
