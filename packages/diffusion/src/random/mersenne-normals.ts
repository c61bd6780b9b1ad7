import { mersenneTwister } from './mersenne-twister.ts';
import type { NormalGenerator } from './normal-generator.ts';

const block = 16;

/**
 * `torch.randn` on the CPU: A1111's random number source "CPU".
 * PyTorch draws 16 numbers and more in blocks of float32, fewer one by one in float64; both are here, since the
 * two consume the Mersenne Twister differently (ATen/native/cpu/DistributionTemplates.h).
 * @param seed 0 to 2^53 - 1.
 */
export function mersenneNormals(seed: number): NormalGenerator {
  const random = mersenneTwister(seed);
  let spare: number | undefined;

  const uniform24 = (): number => (random() & 0xffffff) * 2 ** -24;
  const uniform53 = (): number => {
    const high = random() & 0x1fffff;
    return (high * 2 ** 32 + random()) * 2 ** -53;
  };

  function one(): number {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    const u1 = uniform53();
    const u2 = uniform53();
    const radius = Math.sqrt(-2 * Math.log1p(-u2));
    spare = radius * Math.sin(2 * Math.PI * u1);
    return radius * Math.cos(2 * Math.PI * u1);
  }

  return (count) => {
    const normals = new Float32Array(count);
    if (count < block) return normals.map(one);
    normals.forEach((_, i) => (normals[i] = uniform24()));
    for (let start = 0; start + block <= count; start += block) boxMuller(normals, start);
    if (count % block !== 0) {
      const start = count - block;
      for (let i = start; i < count; i++) normals[i] = uniform24();
      boxMuller(normals, start);
    }
    return normals;
  };
}

/** Turns 16 uniform numbers into normal ones in place, cosines first. */
function boxMuller(values: Float32Array, start: number): void {
  const half = block / 2;
  for (let i = start; i < start + half; i++) {
    const u1 = 1 - values[i];
    const radius = Math.fround(Math.sqrt(-2 * Math.fround(Math.log(u1))));
    const theta = Math.fround(Math.fround(2 * Math.PI) * values[i + half]);
    values[i] = radius * Math.cos(theta);
    values[i + half] = radius * Math.sin(theta);
  }
}
