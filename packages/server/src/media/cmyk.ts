/** Inks as colours of light. */

/**
 * What white paper shows under cyan, magenta, yellow and black, rounded as Pillow does (`Convert.c`): no profile says
 * what the inks look like.
 * @param data 8 bits each, four inks a pixel, and whatever else comes with it, which is left out.
 * @param channels A pixel's, 4 or more.
 */
export function withoutInks(data: Uint8Array, channels: number): Buffer {
  const pixels = data.length / channels;
  const result = Buffer.alloc(pixels * 3);
  for (let i = 0; i < pixels; i++) {
    const light = 255 - data[i * channels + 3];
    for (let ink = 0; ink < 3; ink++) {
      const product = data[i * channels + ink] * light + 128;
      result[3 * i + ink] = light - ((product + (product >> 8)) >> 8);
    }
  }
  return result;
}
