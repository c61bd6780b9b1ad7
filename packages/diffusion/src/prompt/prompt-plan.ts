/**
 * From the words of a picture to what the text encoder reads and what the denoiser is given at every call.
 * Pure; the pipeline encodes the plan's groups (`encode-group.ts`) and asks `conditionsAt` before each call.
 */
import { splitAtAnd } from './alternatives.ts';
import { chunkText, emptyChunk, type ChunkOptions, type PromptChunk } from './chunks.ts';
import { scheduleOf, type ScheduledText, type ScheduleSteps } from './schedule.ts';

export type PromptPlanOptions = ScheduleSteps &
  ChunkOptions & {
    /** After styles, comments and extra networks (see `styles.ts`, `comments.ts`, `extra-networks.ts`). */
    readonly prompt: string;
    /** After styles and comments; AND is a word here, schedules are read. Default empty. */
    readonly negativePrompt?: string;
  };

/**
 * The texts of one schedule. They are encoded together: all have as many chunks as the longest, and emphasis
 * normalises over all of them.
 */
export type EncodingGroup = { readonly texts: readonly EncodingText[] };

export type EncodingText = {
  readonly text: string;
  readonly chunks: readonly PromptChunk[];
  /** Places of the schedule that have this text. */
  readonly count: number;
};

/** `groups[group].texts[text]` of a plan. */
export type TextReference = { readonly group: number; readonly text: number };

/** What guides one call of the denoiser: uncond + sum of weight * scale * (cond - uncond). */
export type CallConditions = {
  /** One for each part that AND joins. */
  readonly positive: readonly (TextReference & { readonly weight: number })[];
  readonly negative: TextReference;
};

export type PromptPlan = {
  /** Distinct schedules; a prompt that stands on both sides is encoded once. */
  readonly groups: readonly EncodingGroup[];
  /**
   * The conditions of the denoiser's call with this number, counted from 0 in every pass. A text that ends at step n
   * holds for the calls 0 to n, one more than its name says, as in A1111. Calls beyond the schedule, which DPM adaptive
   * makes, get its first text, also as there. Calls with the same texts get the same object.
   */
  readonly conditionsAt: (call: number) => CallConditions;
};

/**
 * Plans one pass of a picture.
 * @throws EngineError `request.invalid` where the prompt holds a number that is none, see `parseAttention`, `scheduleOf`
 * @example
 * const plan = planPrompt({ prompt: 'a [red:blue:0.5] cat AND fog :0.4', steps: 20, tokenizer });
 * plan.groups.length; // 3: the cat's two texts, the fog, the empty negative prompt
 * plan.conditionsAt(11).positive; // [{ group: 0, text: 1, weight: 1 }, { group: 1, text: 0, weight: 0.4 }]
 */
export function planPrompt(options: PromptPlanOptions): PromptPlan {
  const alternatives = splitAtAnd(options.prompt);
  const negativePrompt = options.negativePrompt ?? '';
  const prompts = [...new Set([...alternatives.map(({ prompt }) => prompt), negativePrompt])];
  const groupNumbers = new Map(prompts.map((prompt, number) => [prompt, number]));
  const schedules = prompts.map((prompt) => scheduleOf(prompt, options));
  const groups = schedules.map((schedule) => groupOf(schedule, options));
  const textNumbers = groups.map(({ texts }) => new Map(texts.map(({ text }, number) => [text, number])));

  const referenceAt = (prompt: string, call: number): TextReference => {
    const group = groupNumbers.get(prompt) ?? 0;
    return { group, text: textNumbers[group].get(textAtCall(schedules[group], call)) ?? 0 };
  };
  const known = new Map<string, CallConditions>();
  const conditionsAt = (call: number): CallConditions => {
    const positive = alternatives.map(({ prompt, weight }) => ({ ...referenceAt(prompt, call), weight }));
    const negative = referenceAt(negativePrompt, call);
    const choice = [...positive, negative].map(({ text }) => text).join();
    const conditions = known.get(choice) ?? { positive, negative };
    known.set(choice, conditions);
    return conditions;
  };
  return { groups, conditionsAt };
}

function textAtCall(schedule: readonly ScheduledText[], call: number): string {
  return (schedule.find(({ endAtStep }) => call <= endAtStep) ?? schedule[0]).text;
}

function groupOf(schedule: readonly ScheduledText[], options: ChunkOptions): EncodingGroup {
  const occurrences = Map.groupBy(schedule, ({ text }) => text);
  const texts = Array.from(occurrences, ([text, { length: count }]) => ({
    text,
    count,
    chunks: chunkText(text, options).chunks,
  }));
  const longest = texts.reduce((most, { chunks }) => Math.max(most, chunks.length), 0);
  const filler = emptyChunk(options.tokenizer);
  return {
    texts: texts.map(({ text, count, chunks }) => ({
      text,
      count,
      chunks: [...chunks, ...Array<PromptChunk>(longest - chunks.length).fill(filler)],
    })),
  };
}
