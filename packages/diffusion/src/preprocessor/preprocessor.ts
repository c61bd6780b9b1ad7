import type { RgbImage } from '../api.ts';

/** A number that a preprocessor can be given. */
export type Slider = {
  /** As the extension for A1111 calls it. */
  readonly label: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly step: number;
  /** What it is where nothing is said, or something outside the range. */
  readonly value: number;
};

export type PreprocessorSettings = {
  /** Pixels of the shorter side at which the picture is looked at. */
  readonly resolution: number;
  readonly thresholdA: number;
  readonly thresholdB: number;
};

export type ColourKeeping = {
  /** Elements of the latents to each side, over which colours are kept in the mean. */
  readonly radius: number;
  /** 0 to 2: how much softer the negative prompt's answer becomes, so that guidance goes the other way. */
  readonly sharpness: number;
};

/** What makes a map of a picture, which a ControlNet was trained to follow. */
export type Preprocessor = {
  /** As programs know it: "blur_gaussian". */
  readonly name: string;
  /** What the extension shows, where that is another. */
  readonly label?: string;
  /** The kinds of control that it is for, as the extension sorts them. */
  readonly tags: readonly string[];
  /** The higher, the earlier in lists. */
  readonly priority: number;
  /** Absent where the picture is looked at as it is. */
  readonly resolution?: Slider;
  /** "Threshold A", "Threshold B". */
  readonly thresholds: readonly Slider[];
  /** Whether its lines are so thin that a second, larger pass follows them less in its finer levels. */
  readonly softensLargePass?: boolean;
  /** Of those whose ControlNets draw the picture anew in its own colours, how these are kept. */
  readonly keepsColours?: (settings: PreprocessorSettings) => ColourKeeping;
  readonly apply: (image: RgbImage, settings: PreprocessorSettings) => RgbImage;
};

/** The resolution that most preprocessors work at. */
export const resolution: Slider = { label: 'Resolution', minimum: 64, maximum: 2048, step: 8, value: 512 };
