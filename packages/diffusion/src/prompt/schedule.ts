import { EngineError } from '../errors.ts';
import {
  parseSchedule,
  type ScheduleGroup,
  type ScheduleNode,
  type ScheduleSwitch,
} from './schedule-grammar.ts';

/** The text that holds up to and including a step. */
export type ScheduledText = { readonly endAtStep: number; readonly text: string };

/** Steps are calls of the denoiser: second-order samplers make two a sampling step. */
export type ScheduleSteps = {
  /** Of the first pass. */
  readonly steps: number;
  /** Of the second pass (hires fix), where that is what is planned: fractions count from 1, steps from `steps` on. */
  readonly hiresSteps?: number;
  /** A1111's option "Use old prompt timelines": the same numbers in both passes, below 1 is a fraction. Default false. */
  readonly oldTimelines?: boolean;
};

/**
 * The texts that a prompt stands for, in order of the steps they hold until; the last ends at the last step.
 * `[a:b:0.5]` is `a` for the first half and `b` then, `[a|b]` alternates, both may be nested.
 * Neighbours may be equal: their number matters where texts are encoded together (see `prompt-plan.ts`).
 * @throws EngineError `request.invalid` for a switch at infinity (`[a:b:1e999]`), where the original crashes
 * @example scheduleOf('a [red:blue:0.5] cat', { steps: 20 })
 *   // [{ endAtStep: 10, text: 'a red cat' }, { endAtStep: 20, text: 'a blue cat' }]
 */
export function scheduleOf(prompt: string, options: ScheduleSteps): readonly ScheduledText[] {
  const tree = parseSchedule(prompt);
  const timeline = timelineOf(options);
  const ends = new Set([timeline.steps]);
  visit(tree, (node) => {
    if (node.kind === 'alternation') for (let step = 1; step <= timeline.steps; step++) ends.add(step);
    if (node.kind === 'switch') {
      const end = timeline.stepOf(node);
      if (end >= 1) ends.add(end);
    }
    return childrenOf(node);
  });
  return [...ends]
    .toSorted((a, b) => a - b)
    .map((endAtStep) => ({ endAtStep, text: textAt(tree, endAtStep, timeline) }));
}

type Timeline = { readonly steps: number; readonly stepOf: (node: ScheduleSwitch) => number };

function timelineOf({ steps: firstSteps, hiresSteps, oldTimelines = false }: ScheduleSteps): Timeline {
  const isSecondPass = hiresSteps !== undefined && !oldTimelines;
  const steps = isSecondPass ? hiresSteps : firstSteps;
  const start = isSecondPass ? { fraction: 1, step: firstSteps } : { fraction: 0, step: 0 };
  return {
    steps,
    stepOf: ({ when }) => {
      const value = Number(when);
      const isFraction = oldTimelines ? value < 1 : when.includes('.');
      const origin = isFraction ? start.fraction : start.step;
      const step = isFraction ? (value - origin) * steps : value - origin;
      if (Number.isFinite(step)) return Math.min(steps, Math.trunc(step));
      const reason = `the schedule [...:${when.slice(0, 40)}] switches at an infinite step`;
      throw new EngineError('request.invalid', { field: 'prompt', reason });
    },
  };
}

function textAt(tree: ScheduleGroup, step: number, timeline: Timeline): string {
  const parts: string[] = [];
  visit(
    tree,
    (node) => {
      if (node.kind === 'group') return node.children;
      if (node.kind === 'switch') return [step <= timeline.stepOf(node) ? node.before : node.after];
      return [node.options[(step - 1) % node.options.length]];
    },
    (text) => parts.push(text),
  );
  return parts.join('');
}

function childrenOf(node: Exclude<ScheduleNode, string>): readonly ScheduleNode[] {
  if (node.kind === 'group') return node.children;
  return node.kind === 'switch' ? [node.before, node.after] : node.options;
}

/** Walks a tree in order, without recursion since prompts may be nested 50,000 deep. */
function visit(
  root: ScheduleNode,
  enter: (node: Exclude<ScheduleNode, string>) => readonly ScheduleNode[],
  read: (text: string) => void = () => {},
): void {
  const stack: ScheduleNode[] = [root];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (typeof node === 'string') {
      read(node);
      continue;
    }
    const children = enter(node);
    for (let i = children.length - 1; i >= 0; i--) stack.push(children[i]);
  }
}
