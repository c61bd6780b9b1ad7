import { philox4x32 } from './philox.ts';
import type { NormalGenerator } from './normal-generator.ts';

// The original's constants are float32, its arithmetic float64.
const unit = Math.fround(2.3283064e-10);
const turn = Math.fround(Math.fround(2.3283064e-10) * 6.2831855);

/**
 * `torch.randn` on CUDA, on any machine: A1111's random number source "NV".
 * Number `i` of call `n` depends on the seed, `i` and `n` alone (Box-Muller, sine branch only).
 * @param seed 0 to 2^53 - 1.
 */
export function philoxNormals(seed: number): NormalGenerator {
  const key = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0] as const;
  let call = 0;
  return (count) => {
    const counter = Uint32Array.of(call++, 0, 0, 0);
    const words = new Uint32Array(2);
    const normals = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      counter[2] = i;
      philox4x32(counter, key, words);
      const u = words[0] * unit + unit / 2;
      const v = words[1] * turn + turn / 2;
      normals[i] = Math.sqrt(-2 * Math.log(u)) * Math.sin(v);
    }
    return normals;
  };
}
