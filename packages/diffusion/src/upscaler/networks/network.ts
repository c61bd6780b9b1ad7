import type { Graph } from '@bottega/graph';
import type { Shapes } from '../../models/shapes.ts';

/** A network that enlarges pictures, built for the weights of one file. */
export type UpscalerNetwork = {
  /** e.g. "ESRGAN, 23 blocks of 64 channels". */
  readonly title: string;
  /** How many times larger it makes a picture. */
  readonly scale: number;
  /** Pixels along one side that it takes as one; sides must be multiples of it. 1 for most. */
  readonly packing: number;
  /** Pixels added around a picture, as at its edges, and taken off again: none but where the edges would be dark. */
  readonly margin: number;
  /**
   * Input: `pixels` `[batch, 3 packing^2, height, width]`. Output: `enlarged` `[batch, 3, ...]`. Both 0 to 1.
   * Weights have the names of the file.
   */
  readonly graph: Graph;
};

/** Reads a network's sizes from shapes; undefined where it is another one. */
export type Recognise = (shapes: Shapes) => UpscalerNetwork | undefined;
