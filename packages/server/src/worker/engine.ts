/** The engine as the worker uses it; a fake one takes its place in tests. */
import type {
  GenerationEvent,
  ImageToImageRequest,
  LoadOptions,
  Model,
  RunOptions,
  TextToImageRequest,
} from '@bottega/diffusion';
import { imageToImage, loadModel, textToImage } from '@bottega/diffusion';

export type Engine = {
  loadModel(path: string, options?: LoadOptions): Promise<Model>;
  textToImage(
    model: Model,
    request: TextToImageRequest,
    options?: RunOptions,
  ): AsyncIterable<GenerationEvent>;
  imageToImage(
    model: Model,
    request: ImageToImageRequest,
    options?: RunOptions,
  ): AsyncIterable<GenerationEvent>;
};

export const engine: Engine = { loadModel, textToImage, imageToImage };
