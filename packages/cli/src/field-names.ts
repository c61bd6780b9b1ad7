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
  'start.mask.soft': 'soft',
  'start.outpaint': 'outpaint',
  'script.finalStrength': 'final-strength',
  'script.directions': 'directions',
  'script.colourVariation': 'colour-variation',
  'script.x.values': 'x',
  'script.y.values': 'y',
  'script.z.values': 'z',
};

/** What no option stands for. */
const wholes: Readonly<Record<string, string>> = { script: 'This', 'script.lines': 'The file' };

/** As `planning`, but for the name in its refusal. @throws UsageError in place of AppError `request.invalid`. */
export async function namingOptions<T>(planning: Promise<T>): Promise<T> {
  try {
    return await planning;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'request.invalid') throw error;
    const { field, reason } = error.details;
    const whole = Object.hasOwn(wholes, field) ? wholes[field] : `${optionOf(String(field))}:`;
    throw new UsageError(`${whole} ${reason}.`, { cause: error });
  }
}

/** @example optionOf('hires.steps') === '--hires-steps'; optionOf('start.outpaint.left') === '--outpaint' */
function optionOf(field: string): string {
  for (let known = field; known !== ''; known = known.replace(/\.?[^.]*$/, '')) {
    if (Object.hasOwn(options, known)) return `--${options[known]}`;
  }
  if (field.startsWith('controls.')) return `--control ${field.split('.').slice(2).join('.')}`.trimEnd();
  return `--${field.replace(/^(script|start)\./, '').replaceAll('.', '-')}`;
}
