import { pythonSpace } from '../tokenizer/python-text.ts';

/** A parsed prompt: text and, inside it, what changes from step to step. */
export type ScheduleNode = string | ScheduleGroup | ScheduleSwitch | ScheduleAlternation;

/** Nodes one after the other. */
export type ScheduleGroup = { readonly kind: 'group'; readonly children: readonly ScheduleNode[] };

/** `[before:after:when]`, `[after:when]`. */
export type ScheduleSwitch = {
  readonly kind: 'switch';
  readonly before: ScheduleGroup;
  readonly after: ScheduleGroup;
  /** As written: with a dot it is a fraction of the steps, without one a step. */
  readonly when: string;
};

/** `[one|two|three]`. */
export type ScheduleAlternation = {
  readonly kind: 'alternation';
  readonly options: readonly ScheduleGroup[];
};

const number = new RegExp(
  `^[${pythonSpace}]*([+-]?(?:[0-9]+[eE][+-]?[0-9]+|(?:[0-9]+\\.[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+))[${pythonSpace}]*$`,
  'u',
);

/**
 * Reads a prompt's schedules.
 *
 * The original parses with an ambiguous grammar and Lark's Earley parser. Its outcome is this: a pair of brackets means
 * something if all brackets within it are paired and mean something, and if its content is one of
 * `(a)`, `(a:b)`, `[a]` (emphasis, kept as text), `[a:b:number]`, `[a:number]`, `[a|b|...]`. All other brackets and
 * colons are letters. A `|` outside `[a|b]`, a backslash at the end or before a line break make the whole prompt text.
 * Where the original's answer depends on the hash seed of its Python process (`[a:b:3](`: a bracket that is a letter
 * right after one that is not), schedules are read here rather than taken for text.
 *
 * One pass, linear in time and space; Lark needs hours for thousands of brackets. Nothing here is recursive.
 */
export function parseSchedule(prompt: string): ScheduleGroup {
  return new ScheduleParser(prompt).parse() ?? group([prompt]);
}

function group(children: readonly ScheduleNode[]): ScheduleGroup {
  return { kind: 'group', children };
}

/** An opened bracket and what has followed it. */
type Frame = {
  readonly open: '(' | '[';
  /** Contents between the separators; the last one is being filled. */
  readonly parts: ScheduleNode[][];
  readonly separators: string[];
};

class ScheduleParser {
  readonly #prompt: string;
  readonly #result: ScheduleNode[] = [];
  readonly #frames: Frame[] = [];

  constructor(prompt: string) {
    this.#prompt = prompt;
  }

  /** Undefined where the original's parser fails. */
  parse(): ScheduleGroup | undefined {
    for (const [lexeme] of this.#prompt.matchAll(/[()[\]:|]|(?:[^\\()[\]:|]|\\[^\n])+|\\/g)) {
      if (!this.#take(lexeme)) return undefined;
    }
    return this.#dissolve() ? group(this.#result) : undefined;
  }

  #take(lexeme: string): boolean {
    const frame = this.#frames.at(-1);
    if (lexeme === '\\') return false;
    if (lexeme === '(' || lexeme === '[') {
      this.#frames.push({ open: lexeme, parts: [[]], separators: [] });
    } else if (lexeme === ')' || lexeme === ']') {
      return this.#close(lexeme);
    } else if (lexeme === '|' && frame === undefined) {
      return false;
    } else if ((lexeme === ':' || lexeme === '|') && frame !== undefined) {
      frame.separators.push(lexeme);
      frame.parts.push([]);
    } else {
      this.#current().push(lexeme);
    }
    return true;
  }

  #close(bracket: ')' | ']'): boolean {
    const frame = this.#frames.at(-1);
    const node = frame === undefined ? undefined : meaningOf(frame, bracket);
    if (node === undefined) {
      // Neither this bracket nor those around it can belong to a pair any more.
      if (!this.#dissolve()) return false;
      this.#result.push(bracket);
    } else {
      this.#frames.pop();
      this.#current().push(node);
    }
    return true;
  }

  #current(): ScheduleNode[] {
    return this.#frames.at(-1)?.parts.at(-1) ?? this.#result;
  }

  /** Makes all opened brackets letters; false where one holds a `|`, which cannot be a letter. */
  #dissolve(): boolean {
    for (const frame of this.#frames) {
      if (frame.separators.includes('|')) return false;
      for (const node of childrenOf(frame)) this.#result.push(node);
    }
    this.#frames.length = 0;
    return true;
  }
}

/** What a pair of brackets is, undefined where it is nothing. */
function meaningOf(frame: Frame, close: ')' | ']'): ScheduleNode | undefined {
  const { open, parts, separators } = frame;
  const colons = separators.filter((separator) => separator === ':').length;
  const bars = separators.length - colons;
  if (open === '(') return close === ')' && colons <= 1 && bars === 0 ? emphasis(frame, close) : undefined;
  if (close !== ']' || (colons > 0 && bars > 0)) return undefined;
  if (bars > 0) return { kind: 'alternation', options: parts.map(group) };
  if (colons === 0) return emphasis(frame, close);
  const when = parts
    .at(-1)
    ?.map((node) => (typeof node === 'string' ? number.exec(node)?.[1] : undefined))[0];
  if (colons > 2 || when === undefined || parts.at(-1)?.length !== 1) return undefined;
  const [before, after] = colons === 2 ? parts : [[], ...parts];
  return { kind: 'switch', before: group(before), after: group(after), when };
}

function emphasis(frame: Frame, close: string): ScheduleGroup {
  return group([...childrenOf(frame), close]);
}

function* childrenOf({ open, parts, separators }: Frame): Generator<ScheduleNode> {
  yield open;
  for (const [i, part] of parts.entries()) {
    if (i > 0) yield separators[i - 1];
    yield* part;
  }
}
