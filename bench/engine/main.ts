/**
 * How fast the engine computes networks of the published models' sizes, against what this machine could do at best.
 *
 *     npm run bench engine [-- --runs 5] [--only unet|decoder|savings|sdxl|picture] [--mode default|fast|int8] [--side 64]
 *         [--format F16|F32|BF16] [--pytorch] [--python python3]
 *
 * Four tables: Stable Diffusion 1.5's UNet, its decoder (512x512 pixels, in one piece, in strips, in integers), what
 * the UNet saves that remembers the text and merges tokens, SDXL's UNet (5 GB on the disk for as long as it takes);
 * only where asked for, whole pictures of `--steps` with guidance. Weights are random, made on the fly and removed
 * afterwards. Each measurement is a process of its own, so that peaks of memory are its own; the matrix rate is taken
 * between them and the best of all counts. `--pytorch` puts the same in PyTorch beside them, `--python` names its
 * interpreter.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { weightsOf } from '@bottega/graph';
import { sd15, sd1Layout, sdxlUnet, writeRandomCheckpoint } from '@bottega/testing';
import type { Layout } from '@bottega/testing';
import { unet } from '../../packages/diffusion/src/models/unet/unet.ts';
import { compared } from './compared.ts';
import type { DecoderMeasurement } from './measure-decoder.ts';
import type { Request } from './measure.ts';
import type { PictureMeasurement } from './measure-picture.ts';
import type { Measurement } from './measurement.ts';
import { table } from './table.ts';
import type { Row } from './table.ts';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true, default: ['unet', 'decoder', 'savings', 'sdxl'] },
    mode: { type: 'string', multiple: true, default: ['default', 'fast', 'int8'] },
    side: { type: 'string', default: '64' },
    steps: { type: 'string', default: '20' },
    format: { type: 'string', default: 'F16' },
    pytorch: { type: 'boolean', default: false },
    python: { type: 'string', default: 'python3' },
  },
});
const runs = Number(options.runs);
const side = Number(options.side);
const rates: number[] = [];

console.log(`${cpus()[0].model.trim()}, Node ${process.version}`);
if (options.only.includes('unet')) {
  const pytorch = options.pytorch ? [pytorchRow()] : [];
  inFolder(ofPart('model.'), (file, folder) => {
    const rows = options.mode.map(mode).map((one) => unetRow(file, one, side, folder));
    tell(`UNet of Stable Diffusion 1.5, ${8 * side}x${8 * side} pixels`, rows, pytorch);
  });
}
if (options.only.includes('decoder')) {
  inFolder(ofPart('first_stage_model.'), (file, folder) => {
    const request = { task: 'decoder', file, mode: 'fast', runs, side, folder } as const;
    const { whole, strips, integers, difference } = measured<DecoderMeasurement>(request);
    const rows = [
      { name: 'in one piece', ...whole },
      { name: 'in strips', ...strips },
      { name: 'int8 mode', ...integers },
    ];
    tell(`Decoder of Stable Diffusion 1.5, ${8 * side}x${8 * side} pixels`, rows);
    console.log(`largest difference of strips: ${difference.toFixed(4)} of 255`);
  });
}
if (options.only.includes('savings')) {
  inFolder(ofPart('model.'), (file, folder) => {
    const rows = [
      { name: 'all of it', forgets: true },
      { name: 'without what depends on the text alone' },
      { name: '0.3 of the tokens merged', merging: 0.3 },
      { name: '0.5 of the tokens merged', merging: 0.5 },
    ].map(({ name, ...what }) => {
      const request = { task: 'unet', file, mode: 'default', runs, side, folder, ...what } as const;
      return { name, ...measured<Measurement>(request) };
    });
    tell(`What need not be computed, default mode, ${8 * side}x${8 * side} pixels`, rows);
  });
}
if (options.only.includes('sdxl')) {
  inFolder(weightsOf(unet(sdxlUnet)), (file, folder) => {
    const rows = options.mode.map(mode).map((one) => unetRow(file, one, 2 * side, folder));
    tell(`UNet of SDXL, ${16 * side}x${16 * side} pixels`, rows);
  });
}
if (options.only.includes('picture')) {
  inFolder(sd1Layout(sd15), (file, folder) => {
    const rows = options.mode.map(mode).map((one) => {
      const request = {
        task: 'picture',
        file,
        mode: one,
        runs,
        side,
        steps: Number(options.steps),
        folder,
      } as const;
      return { name: `bottega, ${one} mode, ${options.format}`, ...child<PictureMeasurement>(request) };
    });
    const others = options.pytorch ? ['float32', 'bfloat16'].map(pytorchPicture) : [];
    console.log(`\n## A picture of ${8 * side}x${8 * side} pixels and ${options.steps} steps, guidance 7\n`);
    console.log(compared([...rows, ...others]));
  });
}

type MeasuredRow = Row & Measurement;

/** Against the best rate of all measurements so far. */
function tell(title: string, rows: readonly MeasuredRow[], others: readonly Row[] = []): void {
  const best = Math.max(...rates);
  const { convolution, linear, attention, total } = rows[0].operations;
  console.log(`\n## ${title}, ${rows[0].threads} threads\n`);
  console.log(
    `${giga(total)} GFLOP: convolutions ${giga(convolution)}, linear ${giga(linear)}, attention ${giga(attention)}`,
  );
  console.log(`matrix product: ${giga(best)} GFLOP/s at best (${rates.map(giga).join(', ')})`);
  console.log(`floor: ${(total / best).toFixed(2)} s\n`);
  console.log(table([...rows, ...others], total / best));
}

function unetRow(file: string, one: Mode, latents: number, folder: string): MeasuredRow {
  const request = { task: 'unet', file, mode: one, runs, side: latents, folder } as const;
  return { name: `bottega, ${one} mode, ${options.format}`, ...measured<Measurement>(request) };
}

/** With the machine's rate before and after. */
function measured<Result>(request: Request): Result {
  if (rates.length === 0) rates.push(child<{ rate: number }>({ task: 'rate' }).rate);
  const result = child<Result>(request);
  rates.push(child<{ rate: number }>({ task: 'rate' }).rate);
  return result;
}

function child<Result>(request: Request): Result {
  const script = join(import.meta.dirname, 'measure.ts');
  return JSON.parse(execFileSync(process.execPath, [script, JSON.stringify(request)], { encoding: 'utf8' }));
}

function inFolder(layout: Layout, measure: (file: string, folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'bottega-bench-'));
  try {
    const file = join(folder, 'random.safetensors');
    writeRandomCheckpoint(file, layout, format(options.format));
    measure(file, folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function ofPart(prefix: string): Layout {
  return new Map([...sd1Layout(sd15)].filter(([name]) => name.startsWith(prefix)));
}

function format(name: string): 'F16' | 'F32' | 'BF16' {
  if (name === 'F16' || name === 'F32' || name === 'BF16') return name;
  throw new RangeError(`--format is F16, F32 or BF16, not ${name}`);
}

type Mode = 'default' | 'fast' | 'int8';

function mode(name: string): Mode {
  if (name === 'default' || name === 'fast' || name === 'int8') return name;
  throw new RangeError(`--mode is default, fast or int8, not ${name}`);
}

function pytorchRow(): Row {
  const script = join(import.meta.dirname, 'pytorch_unet.py');
  const output = execFileSync(options.python, [script, options.runs], { encoding: 'utf8' });
  const { version, ...row }: { version: string; seconds: number[]; peak: number } = JSON.parse(output);
  return { name: `PyTorch ${version}, float32`, ...row };
}

function pytorchPicture(precision: string): Row {
  const script = join(import.meta.dirname, 'pytorch_picture.py');
  const output = execFileSync(options.python, [script, options.runs, options.steps, precision], {
    encoding: 'utf8',
  });
  const { version, ...row }: { version: string; seconds: number[]; peak: number } = JSON.parse(output);
  return { name: `PyTorch ${version}, ${precision}`, ...row };
}

/** Billions, rounded. */
function giga(count: number): string {
  return (count / 1e9).toFixed(0);
}
