import { findGlobal } from './globals.ts';
import { limits } from './limits.ts';
import type { PickleMachine } from './machine.ts';
import { storageOf } from './rebuild-tensor.ts';
import { isKind } from './values.ts';
import type { PickleValue } from './values.ts';

type Instruction = (machine: PickleMachine) => void;

/** Python names instructions by a character; protocol 2 and later use codes above 0x80. */
const table: readonly (readonly [code: string | number, run: Instruction])[] = [
  // Plain values.
  ['N', (m) => m.push(null)],
  [0x88, (m) => m.push(true)],
  [0x89, (m) => m.push(false)],
  ['K', (m) => m.push(m.byte())],
  ['M', (m) => m.push(m.take(2).readUInt16LE())],
  ['J', (m) => m.push(m.take(4).readInt32LE())],
  ['I', (m) => m.push(wholeLine(m))],
  ['L', (m) => m.push(wholeLine(m))],
  [0x8a, (m) => m.push(wholeNumber(m, m.takeCounted(1)))],
  [0x8b, (m) => m.push(wholeNumber(m, m.takeCounted(4)))],
  ['G', (m) => m.push(m.take(8).readDoubleBE())],
  ['F', (m) => m.push(Number(m.line()))],
  ['X', (m) => m.push(m.takeCounted(4).toString('utf8'))],
  [0x8c, (m) => m.push(m.takeCounted(1).toString('utf8'))],
  [0x8d, (m) => m.push(m.takeCounted(8).toString('utf8'))],
  ['V', (m) => m.push(m.line())],
  ['S', (m) => m.push(m.line().slice(1, -1))],
  ['T', (m) => m.push(m.takeCounted(4).toString('latin1'))],
  ['U', (m) => m.push(m.takeCounted(1).toString('latin1'))],
  ['B', (m) => m.push(m.takeCounted(4))],
  ['C', (m) => m.push(m.takeCounted(1))],
  [0x8e, (m) => m.push(m.takeCounted(8))],
  [0x96, (m) => m.push(m.takeCounted(8))],
  // Containers.
  ['(', (m) => m.mark()],
  ['0', (m) => m.drop()],
  ['1', (m) => void m.popMark()],
  ['2', (m) => m.push(m.top())],
  [']', (m) => m.push([])],
  ['l', (m) => m.push(m.popMark())],
  ['a', (m) => extend(m, [m.pop()])],
  ['e', (m) => extend(m, m.popMark())],
  [')', (m) => m.push(tuple([]))],
  ['t', (m) => m.push(tuple(m.popMark()))],
  [0x85, (m) => m.push(tuple([m.pop()]))],
  [0x86, (m) => m.push(tuple([m.pop(), m.pop()].reverse()))],
  [0x87, (m) => m.push(tuple([m.pop(), m.pop(), m.pop()].reverse()))],
  ['}', (m) => m.push(new Map())],
  ['d', (m) => newDict(m, m.popMark())],
  ['s', (m) => setItems(m, [m.pop(), m.pop()].reverse())],
  ['u', (m) => setItems(m, m.popMark())],
  [0x8f, (m) => m.push(new Set())],
  [0x90, (m) => addItems(m, m.popMark())],
  [0x91, (m) => m.push(new Set(m.popMark()))],
  // The memo.
  ['p', (m) => m.remember(key(m))],
  ['q', (m) => m.remember(m.byte())],
  ['r', (m) => m.remember(m.take(4).readUInt32LE())],
  [0x94, (m) => m.rememberNext()],
  ['g', (m) => m.recall(key(m))],
  ['h', (m) => m.recall(m.byte())],
  ['j', (m) => m.recall(m.take(4).readUInt32LE())],
  // Names of Python's world, and what stands in for calling them.
  ['c', (m) => m.push(lookUp(m, m.line(), m.line()))],
  [0x93, (m) => stackGlobal(m)],
  ['i', (m) => call(m, lookUp(m, m.line(), m.line()), m.popMark())],
  ['o', (m) => callFirst(m, m.popMark())],
  ['R', (m) => callFirst(m, [m.pop(), m.pop()].reverse(), true)],
  [0x81, (m) => callFirst(m, [m.pop(), m.pop()].reverse(), true)],
  [0x92, (m) => newWithNames(m)],
  ['b', (m) => build(m)],
  ['Q', (m) => outside(m)],
  ['P', (m) => refuseUnsafe(m, `a reference to something outside, ${JSON.stringify(m.line().slice(0, 80))}`)],
  [0x82, (m) => refuseUnsafe(m, 'a name from a registry of extensions')],
  [0x83, (m) => refuseUnsafe(m, 'a name from a registry of extensions')],
  [0x84, (m) => refuseUnsafe(m, 'a name from a registry of extensions')],
  [0x97, (m) => refuseUnsafe(m, 'a buffer outside the file')],
  [0x98, (m) => refuseUnsafe(m, 'a buffer outside the file')],
  // Around everything.
  [0x80, (m) => protocol(m)],
  [0x95, (m) => void m.take(8)],
  ['.', (m) => void (m.result = m.pop())],
];

/** The instructions by code: docs.python.org/3/library/pickletools.html, all of protocols 0 to 5. */
export const instructions: ReadonlyMap<number, Instruction> = new Map(
  table.map(([code, run]) => [typeof code === 'string' ? code.charCodeAt(0) : code, run]),
);

function protocol(m: PickleMachine): void {
  const version = m.byte();
  if (version > 5) throw m.refuse.malformed(`its pickle has the unknown protocol ${version}`);
}

function tuple(items: readonly PickleValue[]): PickleValue {
  return { kind: 'tuple', items };
}

function extend(m: PickleMachine, items: readonly PickleValue[]): void {
  const list = m.top();
  if (!Array.isArray(list)) throw m.refuse.malformed('its pickle appends to what is no list');
  for (const item of items) list.push(item);
}

function addItems(m: PickleMachine, items: readonly PickleValue[]): void {
  const set = m.top();
  if (!(set instanceof Set)) throw m.refuse.malformed('its pickle adds to what is no set');
  for (const item of items) set.add(item);
}

function newDict(m: PickleMachine, items: readonly PickleValue[]): void {
  m.push(new Map());
  setItems(m, items);
}

function setItems(m: PickleMachine, items: readonly PickleValue[]): void {
  const dict = m.top();
  if (!(dict instanceof Map) || items.length % 2 !== 0) {
    throw m.refuse.malformed('its pickle sets items of what is no dictionary');
  }
  for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
}

function lookUp(m: PickleMachine, module: string, name: string): PickleValue {
  const found = findGlobal(module, name);
  if (found === undefined) throw m.refuse.unsafe(`the name ${`${module}.${name}`.slice(0, 120)}`);
  return found;
}

function stackGlobal(m: PickleMachine): void {
  const [name, module] = [m.pop(), m.pop()];
  if (typeof name !== 'string' || typeof module !== 'string') {
    throw m.refuse.malformed('its pickle names something by what is no text');
  }
  m.push(lookUp(m, module, name));
}

/** Calls the first value with the others, or with those in the tuple that the second is. */
function callFirst(
  m: PickleMachine,
  [callee, ...rest]: readonly PickleValue[],
  isTuple: boolean = false,
): void {
  if (!isTuple) return call(m, callee, rest);
  const [args] = rest;
  if (!isKind(args, 'tuple')) throw m.refuse.malformed('its pickle calls something with what is no tuple');
  return call(m, callee, args.items);
}

function newWithNames(m: PickleMachine): void {
  const [names, args, callee] = [m.pop(), m.pop(), m.pop()];
  if (!(names instanceof Map) || names.size > 0 || !isKind(args, 'tuple')) {
    throw m.refuse.malformed('its pickle makes an object with arguments by name');
  }
  call(m, callee, args.items);
}

function call(m: PickleMachine, callee: PickleValue, args: readonly PickleValue[]): void {
  if (!isKind(callee, 'global')) throw m.refuse.malformed('its pickle calls what is no function');
  const { call: run, name } = callee;
  if (run === undefined) throw m.refuse.unsafe(`a call of ${name}`);
  m.push(attempt(m, () => run(args)));
}

/** Attributes: kept for objects, ignored for dictionaries, whose only one is a version. */
function build(m: PickleMachine): void {
  const [state, target] = [m.pop(), m.top()];
  if (target instanceof Map) return;
  if (!isKind(target, 'object')) throw m.refuse.malformed('its pickle gives attributes to a plain value');
  if (state instanceof Map) target.attributes = state;
}

/** The only things outside a pickle that it may refer to are storages. */
function outside(m: PickleMachine): void {
  const id = m.pop();
  const storage = attempt(m, () => storageOf(id));
  if (isKind(storage, 'storage')) m.onStorage(storage);
  m.push(storage);
}

function attempt(m: PickleMachine, make: () => PickleValue | undefined): PickleValue {
  try {
    const made = make();
    if (made === undefined) throw new RangeError('a call lacks an argument');
    return made;
  } catch (error) {
    if (error instanceof RangeError) throw m.refuse.malformed(error.message);
    throw error;
  }
}

function refuseUnsafe(m: PickleMachine, what: string): void {
  throw m.refuse.unsafe(what);
}

function key(m: PickleMachine): number {
  return Number(wholeLine(m));
}

/** `12`, `12L`; also 00 and 01, which are false and true and as good as numbers here. */
function wholeLine(m: PickleMachine): number | bigint {
  const text = m.line();
  if (!/^-?\d+L?$/.test(text) || text.length > limits.integer) {
    throw m.refuse.malformed('its pickle has a number that is none');
  }
  return small(BigInt(text.replace('L', '')));
}

/** Two's complement, little-endian. */
function wholeNumber(m: PickleMachine, bytes: Buffer): number | bigint {
  if (bytes.length > limits.integer) throw m.refuse.malformed('its pickle has a number without end');
  if (bytes.length === 0) return 0;
  const hex = Buffer.from(bytes).reverse().toString('hex');
  return small(BigInt.asIntN(bytes.length * 8, BigInt(`0x${hex}`)));
}

function small(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
