import type { RgbImage } from '../../api.ts';
import { pcg64 } from '../../random/pcg64.ts';
import type { GreyImage } from '../channels.ts';
import { fourier } from './fourier.ts';
import type { Plane } from './fourier.ts';
import { matchHistogram } from './match-histogram.ts';

export type MatchedNoiseWishes = {
  /** How strongly the picture's spectrum shapes the noise, 0 to 4; less leaves more detail. Default 1. */
  readonly exponent?: number;
  /** Share of the noise that differs between the channels, 0 (grey) to 1; default 0.05. */
  readonly colourVariation?: number;
};

const channels = 3;

/**
 * A picture with noise where a mask is white: of the spectrum and the colours of the rest, so that drawing from it goes
 * on in its textures (g-diffuser-bot's outpainting, which A1111's "Outpainting mk2" took over).
 * The noise is always the same: NumPy's generator with the seed 0.
 * @param image of even sides.
 * @param mask of its size; 255 is filled, 0 stays, and there must be some of both.
 */
export function matchedNoise(
  image: RgbImage,
  mask: GreyImage,
  { exponent = 1, colourVariation = 0.05 }: MatchedNoiseWishes = {},
): RgbImage {
  const { width, height } = image;
  const area = width * height;
  const masked = mask.data.reduce((count, value) => count + (value > 0 ? 1 : 0), 0);
  const { brightest, mean } = brightnessOf(image, mask);
  const noise = noiseOf(area, colourVariation);
  const weight = windowOf(height, width);
  const shaped = Array.from({ length: channels }, (_, channel) => {
    const both = { re: new Float64Array(area), im: new Float64Array(area) };
    for (let i = 0; i < area; i++) {
      const at = channels * i + channel;
      both.re[i] = mask.data[i] > 0 ? mean : image.data[at] / 255 / brightest;
      both.im[i] = noise[at];
    }
    return shapedNoise(both, weight, { width, height, exponent });
  });
  const low = shaped.reduce((least, values) => values.reduce((a, b) => Math.min(a, b), least), Infinity);
  const high = shaped.reduce((most, values) => values.reduce((a, b) => Math.max(a, b), most), -Infinity);
  const data = image.data.slice();
  for (const [channel, values] of shaped.entries()) {
    const filled = new Float64Array(masked);
    const counts = Array.from({ length: 256 }, () => 0);
    let at = 0;
    for (let i = 0; i < area; i++) {
      if (mask.data[i] > 0) filled[at++] = high > low ? (values[i] - low) / (high - low) : 0;
      else counts[image.data[channels * i + channel]]++;
    }
    matchHistogram(filled, counts);
    at = 0;
    for (let i = 0; i < area; i++) {
      if (mask.data[i] > 0) data[channels * i + channel] = Math.trunc(filled[at++] * 255);
    }
  }
  return { width, height, data };
}

/** Of what is not masked the brightest value, and the mean with the masked part as it is: 0 to 1. */
function brightnessOf({ data }: RgbImage, mask: GreyImage) {
  let [brightest, sum] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    sum += data[i];
    if (mask.data[Math.trunc(i / channels)] === 0) brightest = Math.max(brightest, data[i]);
  }
  return { brightest: brightest === 0 ? 1 : brightest / 255, mean: sum / data.length / 255 };
}

/** Evenly distributed, mixed with its grey. */
function noiseOf(area: number, colourVariation: number): Float64Array {
  const next = pcg64(0);
  const noise = Float64Array.from({ length: area * channels }, next);
  for (let i = 0; i < noise.length; i += channels) {
    const grey = (1 - colourVariation) * ((noise[i] + noise[i + 1] + noise[i + 2]) / channels);
    for (let channel = i; channel < i + channels; channel++) {
      noise[channel] = noise[channel] * colourVariation + grey;
    }
  }
  return noise;
}

/** What is kept of each frequency: less of the high ones, with the lowest at the corner. */
function windowOf(rows: number, columns: number): Float64Array {
  const shorter = Math.min(rows, columns);
  const along = (side: number): readonly number[] =>
    Array.from({ length: side }, (_, i) => {
      const place = ((i + side / 2) % side) / side;
      return ((place * 2 - 1) * (side / shorter)) ** 2 + 1;
    });
  const [down, across] = [along(rows), along(columns)];
  return Float64Array.from(
    { length: rows * columns },
    (_, i) => 1 / (down[Math.trunc(i / columns)] * across[i % columns]),
  );
}

/**
 * Noise, weighted, whose frequencies are as strong as its own and the source's together, with the source's phases.
 * Neither scaled nor shifted: its distribution is replaced afterwards.
 * @param both the source in the real part, the noise in the imaginary one.
 */
function shapedNoise(
  both: Plane,
  weight: Float64Array,
  { width, height, exponent }: { readonly width: number; readonly height: number; readonly exponent: number },
): Float64Array {
  fourier(both, height, width);
  const shaped = { re: new Float64Array(width * height), im: new Float64Array(width * height) };
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      // Of a real plane opposite frequencies are conjugates, which tells the two apart.
      const j = ((height - y) % height) * width + ((width - x) % width);
      const [re, im] = [(both.re[i] + both.re[j]) / 2, (both.im[i] - both.im[j]) / 2];
      const power = ((both.im[i] + both.im[j]) / 2) ** 2 + ((both.re[j] - both.re[i]) / 2) ** 2;
      const strength = Math.sqrt(re * re + im * im);
      // A frequency that the source has not, on which the original fails, has no phase to take.
      const factor = strength === 0 ? 0 : weight[i] ** 2 * power * strength ** (exponent - 1);
      shaped.re[i] = re * factor;
      shaped.im[i] = im * factor;
    }
  }
  fourier(shaped, height, width, true);
  return shaped.re;
}
