/** Brings the picture library when it is first needed: 20 MB that a workshop at rest does without. */

import type Sharp from 'sharp';

/** With settings for little memory: nothing is kept between pictures, and each is done on one thread. */
export async function loadSharp(): Promise<typeof Sharp> {
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  return sharp;
}
