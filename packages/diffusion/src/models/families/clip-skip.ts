import type { TextPart } from './family.ts';

/**
 * The clip skip that a text encoder goes by; undefined where it gives the same whatever the clip skip.
 * @param isAsked whether SDXL's first text encoder is to heed it.
 */
export function heededClipSkip(
  { heedsClipSkip }: TextPart,
  clipSkip: number,
  isAsked: boolean,
): number | undefined {
  const heeds = heedsClipSkip === 'always' || (heedsClipSkip === 'if asked' && isAsked);
  return heeds ? clipSkip : undefined;
}
