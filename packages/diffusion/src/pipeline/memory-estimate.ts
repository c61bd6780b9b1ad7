import { EngineError } from '../errors.ts';
import type { UNetConfig } from '../models/unet/config.ts';
import type { VaeConfig } from '../models/vae/config.ts';
import { stripBytes, wholeBytes } from '../models/vae/memory.ts';
import type { Size } from './picture-size.ts';

const float = 4;
/** Bytes per pixel while a masked picture is put together. */
const copies = 24;

/**
 * Memory for activations, in bytes, beside the weights (which are mapped and may be dropped at any time).
 * The largest moment is the decoder's last levels or the UNet's first one; both grow with the area.
 * @param batch pictures drawn together; each is evaluated twice, with and without its prompt, and decoded alone.
 */
export function activationBytes(
  { unet, vae }: { readonly unet: UNetConfig; readonly vae: VaeConfig },
  { width, height }: Size,
  batch: number,
): number {
  const factor = 2 ** (vae.levels.length - 1);
  const latents = (width / factor) * (height / factor);
  return Math.max(float * 2 * batch * latents * unetFloats(unet), pixelBytes(vae, { width, height }));
}

/**
 * Memory for what ControlNets say, in bytes: results of the UNet's first half three times, as one says them, summed up,
 * and on their way to the UNet.
 */
export function controlBytes(
  { unet, vae }: { readonly unet: UNetConfig; readonly vae: VaeConfig },
  { width, height }: Size,
  batch: number,
): number {
  const factor = 2 ** (vae.levels.length - 1);
  return float * 3 * 2 * batch * (width / factor) * (height / factor) * skipFloats(unet);
}

/**
 * Memory for a picture to start from, in bytes: copies with transparency while it is put together, and what the
 * encoder needs where it sees the picture as it is. Its levels are the decoder's, the other way round.
 */
export function pictureBytes(vae: VaeConfig, { width, height }: Size, isEncodedAsItIs: boolean): number {
  const area = width * height;
  return Math.max(copies * area, isEncodedAsItIs ? pixelBytes(vae, { width, height }) : 0);
}

/** What the VAE needs at least: large pictures pass through it in strips where memory is short. */
function pixelBytes(vae: VaeConfig, size: Size): number {
  return Math.min(wholeBytes(vae, size), stripBytes(vae, size));
}

/** Floats per latent element: the kept skip connections, and a transformer's gated layer or a convolution's copies. */
function unetFloats(unet: UNetConfig): number {
  const working = unet.levels.map((level, i) => (16 * level.channels) / 4 ** i);
  return skipFloats(unet) + Math.max(...working);
}

function skipFloats({ levels, channels }: UNetConfig): number {
  const skips = levels.map((level, i) => ((level.residualBlocks + 1) * level.channels) / 4 ** i);
  return channels + skips.reduce((sum, value) => sum + value, 0);
}

/** @throws EngineError 'request.too-large', with the numbers. */
export function requireMemory(
  needed: number,
  available: number,
  { width, height }: Size,
  field = 'width',
): void {
  if (needed <= available) return;
  throw new EngineError('request.too-large', {
    field,
    width,
    height,
    needed: inGigabytes(needed),
    available: inGigabytes(available),
  });
}

function inGigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
