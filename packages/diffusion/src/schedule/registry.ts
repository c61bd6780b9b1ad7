import { EngineError } from '../errors.ts';
import type { SamplerOptions } from '../sampler/options.ts';
import { alignYourSteps } from './align-your-steps.ts';
import { beta } from './beta.ts';
import { ddim } from './ddim.ts';
import { exponential, polyexponential } from './exponential.ts';
import { karras } from './karras.ts';
import { klOptimal } from './kl-optimal.ts';
import type { Schedule } from './schedule.ts';
import type { Extras } from './sigmas.ts';
import { sgmUniform } from './sgm-uniform.ts';
import { simple } from './simple.ts';
import { normal, uniform } from './uniform.ts';

/** A schedule as people choose it. */
export type Scheduler = {
  /** A1111's internal name, e.g. "sgm_uniform". */
  readonly name: string;
  /** What people see and infotext says, e.g. "SGM Uniform". */
  readonly label: string;
  readonly aliases: readonly string[];
  /** Curvature where the schedule has one. */
  readonly defaultRho?: number;
  /** Whether it picks among the model's own levels (A1111's `need_inner_model`). */
  readonly needsModel: boolean;
  /** What the infotext says about its options. */
  readonly describe?: (options: SamplerOptions) => Extras;
  /** Absent for Automatic, which is the sampler's own choice. */
  readonly schedule?: Schedule;
};

/** "Automatic": the sampler's default schedule, uniform where it has none. */
export const automatic: Scheduler = { name: 'automatic', label: 'Automatic', aliases: [], needsModel: false };

/** Every schedule in A1111's order. */
export const schedulers: readonly Scheduler[] = [
  automatic,
  { name: 'uniform', label: 'Uniform', aliases: [], needsModel: true, schedule: uniform },
  { name: 'karras', label: 'Karras', aliases: [], defaultRho: 7, needsModel: false, schedule: karras },
  { name: 'exponential', label: 'Exponential', aliases: [], needsModel: false, schedule: exponential },
  {
    name: 'polyexponential',
    label: 'Polyexponential',
    aliases: [],
    defaultRho: 1,
    needsModel: false,
    schedule: polyexponential,
  },
  {
    name: 'sgm_uniform',
    label: 'SGM Uniform',
    aliases: ['SGMUniform'],
    needsModel: true,
    schedule: sgmUniform,
  },
  { name: 'kl_optimal', label: 'KL Optimal', aliases: [], needsModel: false, schedule: klOptimal },
  {
    name: 'align_your_steps',
    label: 'Align Your Steps',
    aliases: [],
    needsModel: false,
    schedule: alignYourSteps,
  },
  { name: 'simple', label: 'Simple', aliases: [], needsModel: true, schedule: simple },
  { name: 'normal', label: 'Normal', aliases: [], needsModel: true, schedule: normal },
  { name: 'ddim', label: 'DDIM', aliases: [], needsModel: true, schedule: ddim },
  {
    name: 'beta',
    label: 'Beta',
    aliases: [],
    needsModel: true,
    schedule: beta,
    describe: ({ betaAlpha, betaBeta }) => ({
      'Beta schedule alpha': betaAlpha,
      'Beta schedule beta': betaBeta,
    }),
  },
];

/**
 * The schedule of this name, label or alias, in any case.
 * @throws EngineError 'scheduler.unknown'
 */
export function findScheduler(name: string): Scheduler {
  const wanted = name.toLowerCase();
  const found = schedulers.find(({ name, label, aliases }) =>
    [name, label, ...aliases].some((known) => known.toLowerCase() === wanted),
  );
  if (found === undefined) {
    throw new EngineError('scheduler.unknown', {
      name,
      known: schedulers.map(({ label }) => label).join(', '),
    });
  }
  return found;
}
