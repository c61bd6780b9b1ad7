/** The public types of ControlNets: pictures that say where things are. */
import type { LoadOptions, RgbImage } from '../../api.ts';
import type { FitMode } from '../../image/fit.ts';

/** A loaded ControlNet; release it with `await controlNet.dispose()` or `await using`. */
export type ControlNet = AsyncDisposable & {
  readonly path: string;
  /** File name without its extension, and the file's short hash: "control_v11p_sd15_canny [d14c016b]". */
  readonly title: string;
  dispose(): Promise<void>;
};

export type ControlNetOptions = Pick<LoadOptions, 'mode' | 'threads' | 'device' | 'int8Folder' | 'overrides'>;

/**
 * Who decides where words and ControlNet disagree: both alike (`balanced`), the words (`prompt`: the finer a level, the
 * less the ControlNet says there), or the ControlNet (`control`: so too, and it leaves the negative prompt alone, so
 * that guidance strengthens it).
 */
export type ControlMode = 'balanced' | 'prompt' | 'control';

export type ControlRequest = {
  readonly model: ControlNet;
  /** Default: the picture that image to image starts from. */
  readonly image?: RgbImage;
  /** Where it speaks: white everywhere it can, black nowhere; it comes to its size as `image` does. Default everywhere. */
  readonly mask?: RgbImage;
  /** How loudly it speaks: 0 to 2; default 1. */
  readonly weight?: number;
  /** The share of the steps after which it begins and ends: 0 to 1; default 0 and 1. */
  readonly start?: number;
  readonly end?: number;
  /** Default 'balanced'. */
  readonly mode?: ControlMode;
  /** How its map comes to the size that is drawn; default 'crop'. */
  readonly resizeMode?: FitMode;
  /** A name of `preprocessors`; default 'none': the picture is a map already. */
  readonly preprocessor?: string;
  /** At which size the preprocessor looks at the picture. Here and below, what does not fit becomes its default. */
  readonly resolution?: number;
  /** Chooses the resolution that gives one pixel of the map for each that is drawn; default false. */
  readonly pixelPerfect?: boolean;
  /** The preprocessor's own numbers: Canny's lower and upper threshold, a sigma ... */
  readonly thresholdA?: number;
  readonly thresholdB?: number;
  /** Of a drawing in two passes, those that it takes part in; default 'both'. */
  readonly passes?: 'both' | 'first' | 'second';
};
