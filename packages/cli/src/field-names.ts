/** Where a recipe is refused, people are told the option that they know and not the recipe's field. */
import { AppError } from '@bottega/contract';
import { UsageError } from './command.ts';

const options: Readonly<Record<string, string>> = {
  negativePrompt: 'negative',
  width: 'size',
  height: 'size',
  cfgScale: 'guidance',
  subseed: 'variation',
  subseedStrength: 'variation-strength',
  'seedResizeFrom.width': 'seed-size',
  'seedResizeFrom.height': 'seed-size',
  scheduler: 'schedule',
  samplerOptions: 'set',
  clipSkip: 'clip-skip',
  randomSource: 'noise',
  etaNoiseSeedDelta: 'noise-delta',
  tokenMerging: 'token-merging',
  batchCount: 'count',
  batchSize: 'batch',
  'refiner.switchAt': 'refiner-at',
  'hires.scale': 'hires',
  'hires.width': 'hires-size',
  'hires.height': 'hires-size',
  'hires.firstPass': 'hires-from',
  'hires.prompt': 'hires-words',
  'hires.negativePrompt': 'hires-negative',
  'hires.cfgScale': 'hires-guidance',
  'hires.scheduler': 'hires-schedule',
  'hires.tokenMerging': 'hires-token-merging',
  'start.resizeMode': 'resize',
  'start.background': 'background',
  'start.strength': 'strength',
  'start.imageCfgScale': 'image-guidance',
  'start.encoderSeed': 'encoder-seed',
  'start.mask.padding': 'mask-only',
  'start.outpaint': 'outpaint',
  'script.finalStrength': 'final-strength',
  'script.colourVariation': 'colour-variation',
  'script.x.values': 'x',
  'script.y.values': 'y',
  'script.z.values': 'z',
};

/** As `planning`, but for the name in its refusal. @throws UsageError in place of AppError `request.invalid`. */
export async function namingOptions<T>(planning: Promise<T>): Promise<T> {
  try {
    return await planning;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'request.invalid') throw error;
    const { field, reason } = error.details;
    throw new UsageError(`${optionOf(String(field))}: ${reason}.`, { cause: error });
  }
}

/** @example optionOf('hires.steps') === '--hires-steps' */
function optionOf(field: string): string {
  if (Object.hasOwn(options, field)) return `--${options[field]}`;
  if (field.startsWith('controls.')) return `--control ${field.split('.').slice(2).join('.')}`.trimEnd();
  return `--${field
    .replace(/^(script|start)\./, '')
    .replace(/\.\d+$/, '')
    .replaceAll('.', '-')}`;
}
