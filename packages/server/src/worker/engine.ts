/** The engine as the worker uses it; a fake one takes its place in tests. */
import type {
  ControlNet,
  ControlNetOptions,
  GenerationEvent,
  ImageToImageRequest,
  LoadOptions,
  Model,
  RunOptions,
  TextToImageRequest,
} from '@bottega/diffusion';
import { imageToImage, loadControlNet, loadModel, textToImage } from '@bottega/diffusion';

export type Engine = {
  loadModel(path: string, options?: LoadOptions): Promise<Model>;
  loadControlNet(path: string, options?: ControlNetOptions): Promise<ControlNet>;
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

export const engine: Engine = { loadModel, loadControlNet, textToImage, imageToImage };
