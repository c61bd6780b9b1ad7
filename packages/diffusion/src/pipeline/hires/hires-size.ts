import type { Size } from '../picture-size.ts';

/** Where the second pass goes. */
export type HiresSize = {
  /** To which the first pass is enlarged, in pixels; not always a multiple of the latents' factor. */
  readonly enlarged: Size;
  /** Elements of the latents that are then cut off, half of them on each side. */
  readonly cut: Size;
};

/**
 * A1111's rules: a scale, cut off to whole pixels; one side, the other following the shape; or both, where the
 * picture is made to cover them and what stands over is cut off in whole elements of the latents.
 */
export function hiresSize(
  first: Size,
  wanted: { readonly scale: number; readonly width?: number; readonly height?: number },
  latentFactor: number,
): HiresSize {
  const { scale, width, height } = wanted;
  const none = { width: 0, height: 0 };
  const byWidth = (side: number): Size => ({
    width: side,
    height: Math.floor((side * first.height) / first.width),
  });
  const byHeight = (side: number): Size => ({
    width: Math.floor((side * first.width) / first.height),
    height: side,
  });
  if (width === undefined && height === undefined) {
    const enlarged = { width: Math.trunc(first.width * scale), height: Math.trunc(first.height * scale) };
    return { enlarged, cut: none };
  }
  if (height === undefined) return { enlarged: byWidth(width ?? 0), cut: none };
  if (width === undefined) return { enlarged: byHeight(height), cut: none };
  const isNarrower = first.width / first.height < width / height;
  const enlarged = isNarrower ? byWidth(width) : byHeight(height);
  return {
    enlarged,
    cut: {
      width: Math.floor((enlarged.width - width) / latentFactor),
      height: Math.floor((enlarged.height - height) / latentFactor),
    },
  };
}

/** Of the second pass's latents. */
export function hiresLatents({ enlarged, cut }: HiresSize, latentFactor: number): Size {
  return {
    width: Math.floor(enlarged.width / latentFactor) - cut.width,
    height: Math.floor(enlarged.height / latentFactor) - cut.height,
  };
}

/** What a step of the second pass weighs as against one of the first. */
export function hiresStepWeight(first: Size, second: Size): number {
  return (second.width * second.height) / (first.width * first.height);
}
