import { limits } from './limits.ts';
import type { Refusals } from './refusals.ts';
import type { PickleStorage, PickleValue } from './values.ts';

/**
 * The state of the stack machine that pickles are programs for: a stack, the places where open containers began,
 * a memo, and the bytes still to be read. Every method refuses what a well-formed pickle cannot ask of it.
 */
export class PickleMachine {
  readonly bytes: Buffer;
  readonly refuse: Refusals;
  readonly onStorage: (storage: PickleStorage) => void;
  /** Where the next instruction lies. */
  at: number;
  /** Set by the last instruction. */
  result: PickleValue | undefined;
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(bytes: Buffer, at: number, refuse: Refusals, onStorage: PickleMachine['onStorage']) {
    this.bytes = bytes;
    this.at = at;
    this.refuse = refuse;
    this.onStorage = onStorage;
  }

  push(value: PickleValue): void {
    if (this.#stack.length >= limits.stack)
      throw this.refuse.malformed('its pickle piles up too many values');
    this.#stack.push(value);
  }

  pop(): PickleValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) {
      throw this.refuse.malformed('its pickle takes a value that is not there');
    }
    return this.#stack.pop()!;
  }

  /** The value on top, which stays. */
  top(): PickleValue {
    const value = this.pop();
    this.#stack.push(value);
    return value;
  }

  mark(): void {
    if (this.#marks.length >= limits.marks) throw this.refuse.malformed('its pickle is nested too deeply');
    this.#marks.push(this.#stack.length);
  }

  /** All values since the last mark, which goes too. */
  popMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.refuse.malformed('its pickle closes what was not opened');
    return this.#stack.splice(mark);
  }

  /** Drops the value on top, or the mark where nothing lies upon it. */
  drop(): void {
    if (this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
    else this.pop();
  }

  remember(key: number): void {
    if (this.#memo.size >= limits.memo) throw this.refuse.malformed('its pickle remembers too many values');
    this.#memo.set(key, this.top());
  }

  rememberNext(): void {
    this.remember(this.#memo.size);
  }

  recall(key: number): void {
    const value = this.#memo.get(key);
    if (value === undefined) throw this.refuse.malformed('its pickle recalls what it never had');
    this.push(value);
  }

  byte(): number {
    return this.take(1)[0];
  }

  /** Bytes of the pickle, not copied. */
  take(length: number | bigint): Buffer {
    const end = this.at + Number(length);
    if (!(end <= this.bytes.length)) throw this.refuse.truncated('its pickle breaks off');
    const taken = this.bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }

  /** A length of one to eight bytes, and so many bytes. */
  takeCounted(width: 1 | 4 | 8): Buffer {
    const head = this.take(width);
    const length = width === 8 ? head.readBigUInt64LE() : head.readUIntLE(0, width);
    if (length > limits.text) throw this.refuse.malformed(`its pickle has a text of ${length} bytes`);
    return this.take(length);
  }

  /** The rest of a line, as the oldest pickles have them. */
  line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.refuse.truncated('its pickle breaks off');
    if (end - this.at > limits.text) throw this.refuse.malformed('its pickle has a line without end');
    const line = this.bytes.toString('utf8', this.at, end);
    this.at = end + 1;
    return line;
  }
}
