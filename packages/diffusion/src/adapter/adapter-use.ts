import type { BlockWeights } from './block-weights.ts';
import type { Part } from './names/parse-name.ts';

/** How strongly an adapter acts: `<lora:NAME:TEXT:UNET:dyn=RANK:lbw=BLOCKS>`. */
export type AdapterStrength = {
  /** Strength in the text encoders; 0 leaves them alone, negative numbers turn the change round. */
  readonly text: number;
  /** Strength in the UNet. */
  readonly unet: number;
  /** Only the first so many ranks, the scale unchanged. */
  readonly rank?: number;
  /** A further factor for each block. */
  readonly blocks?: BlockWeights;
};

/** The strength for one layer; 0 leaves it alone. */
export function strengthFor(
  { text, unet, blocks }: AdapterStrength,
  { part, weight }: { readonly part: Part; readonly weight: string },
): number {
  return (part === 'unet' ? unet : text) * (blocks?.weightOf(weight) ?? 1);
}
