/**
 * How fast the engine evaluates a UNet of Stable Diffusion 1.5's size, against what this machine could do at best.
 *
 *     npm run bench engine [-- --runs 5] [--mode default|fast] [--format F16|F32|BF16]
 *         [--pytorch] [--python python3]
 *
 * Weights are random, made on the fly and removed afterwards. Each measurement is a process of its own, so that
 * peaks of memory are its own; the matrix rate is taken between them and the best of all counts. `--pytorch` puts
 * the same network in PyTorch beside them, `--python` names its interpreter.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sd15, sd1Layout, writeRandomCheckpoint } from '@bottega/testing';
import type { Layout } from '@bottega/testing';
import type { Measurement } from './measure.ts';
import { table } from './table.ts';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    mode: { type: 'string', multiple: true, default: ['default', 'fast'] },
    format: { type: 'string', default: 'F16' },
    pytorch: { type: 'boolean', default: false },
    python: { type: 'string', default: 'python3' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'bottega-bench-'));
try {
  const file = join(folder, 'random.safetensors');
  writeRandomCheckpoint(file, layout(), format(options.format));
  const rates = [rate()];
  const rows = options.mode.map((mode) => {
    const row = measure({ mode, file, runs: options.runs });
    rates.push(rate());
    return { name: `bottega, ${mode} mode, ${options.format}`, ...row };
  });
  const pytorch = options.pytorch ? [pytorchRow()] : [];
  rates.push(rate());

  const best = Math.max(...rates);
  const floor = rows[0].operations.total / best;
  const { convolution, linear, attention, total } = rows[0].operations;
  console.log(`${cpus()[0].model.trim()}, ${rows[0].threads} threads, Node ${process.version}`);
  console.log(
    `${giga(total)} GFLOP an evaluation: convolutions ${giga(convolution)}, linear ${giga(linear)}, attention ${giga(attention)}`,
  );
  console.log(`matrix product: ${giga(best)} GFLOP/s at best (${rates.map(giga).join(', ')})`);
  console.log(`floor: ${floor.toFixed(2)} s\n`);
  console.log(table([...rows, ...pytorch], floor));
} finally {
  rmSync(folder, { recursive: true });
}

function layout(): Layout {
  return new Map([...sd1Layout(sd15)].filter(([name]) => name.startsWith('model.')));
}

function format(name: string): 'F16' | 'F32' | 'BF16' {
  if (name === 'F16' || name === 'F32' || name === 'BF16') return name;
  throw new RangeError(`--format is F16, F32 or BF16, not ${name}`);
}

function rate(): number {
  return child<{ rate: number }>({ task: 'rate' }).rate;
}

function measure(request: Readonly<Record<string, string>>): Measurement {
  return child<Measurement>({ task: 'unet', ...request });
}

function child<Result>(request: Readonly<Record<string, string>>): Result {
  const script = join(import.meta.dirname, 'measure.ts');
  return JSON.parse(execFileSync(process.execPath, [script, JSON.stringify(request)], { encoding: 'utf8' }));
}

function pytorchRow() {
  const script = join(import.meta.dirname, 'pytorch_unet.py');
  const output = execFileSync(options.python, [script, options.runs], { encoding: 'utf8' });
  const { version, ...row }: { version: string; seconds: number[]; peak: number } = JSON.parse(output);
  return { name: `PyTorch ${version}, float32`, ...row };
}

/** Billions, rounded. */
function giga(count: number): string {
  return (count / 1e9).toFixed(0);
}
