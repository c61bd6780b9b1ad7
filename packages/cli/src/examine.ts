/** What this machine can do, how fast, and what is wrong with it. */
import { type Context, exitCode } from './command.ts';
import { examineMachine, type Machine } from './machine.ts';
import { findModels, folders } from './model-files.ts';
import { estimateSpeed, type Speed } from './speed-estimate.ts';
import { bytesText } from './units.ts';

type Findings = { readonly machine: Machine; readonly speed: Speed; readonly problems: readonly string[] };

/** @returns the exit code: whether something needs attention. */
export async function examine(context: Context): Promise<number> {
  const machine = await examineMachine(folders(context).data);
  const models = await findModels(context);
  const speed = await estimateSpeed(models);
  const findings = { machine, speed, problems: problemsOf(machine, models.length) };
  if (context.values.json === true) context.print(JSON.stringify(findings));
  else tell(context, findings);
  return findings.problems.length === 0 ? exitCode.done : exitCode.failed;
}

function problemsOf(machine: Machine, models: number): string[] {
  return [
    ...(models === 0 ? ['No model is installed: put a checkpoint (.safetensors) into data/models.'] : []),
    ...(machine.data.writable
      ? []
      : [`${machine.data.folder} cannot be written: set BOTTEGA_DATA to another folder.`]),
    ...(machine.data.free < 1e9
      ? [`Only ${bytesText(machine.data.free)} are free in ${machine.data.folder}.`]
      : []),
    ...(machine.memory.available < 3e9
      ? [
          `Only ${bytesText(machine.memory.available)} of memory are free: a full-size model needs about 3 GiB.`,
        ]
      : []),
  ];
}

function tell(context: Context, { machine, speed, problems }: Findings): void {
  const rows: readonly (readonly [string, string])[] = [
    ['system', `${machine.system}, Node ${machine.node}`],
    ['processor', `${machine.processor}, ${machine.threads} threads`],
    ['memory', `${bytesText(machine.memory.available)} free of ${bytesText(machine.memory.total)}`],
    ['data', `${machine.data.folder}, ${bytesText(machine.data.free)} free`],
    [
      'devices',
      machine.devices.map(({ name, ready }) => (ready ? name : `${name} (to be fetched)`)).join(', '),
    ],
    ['speed', `${(speed.matrixRate / 1e9).toFixed(0)} GFLOP/s in float32 matrix products`],
  ];
  for (const [name, value] of rows) context.print(`${name.padEnd(10)} ${value}`);
  context.print('');
  for (const { model, width, height, secondsAStep } of speed.estimates) {
    const twenty = 20 * secondsAStep;
    const picture = twenty < 90 ? `${twenty.toPrecision(2)} s` : `${(twenty / 60).toPrecision(2)} min`;
    context.print(
      `${model}, ${width}x${height}: about ${secondsAStep.toPrecision(2)} s a step, ${picture} for 20 steps`,
    );
  }
  context.print('');
  for (const problem of problems) context.print(`! ${problem}`);
  if (problems.length === 0) context.print('Everything is in order.');
}
