/** Arguments of A1111's scripts: what each is called and takes, and how values are read from a request's list. */
import { RequestMismatch } from '../request.ts';

/** As `/script-info` tells it: A1111's control. */
export type Argument = {
  readonly label: string;
  readonly value?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly step?: number;
  readonly choices?: readonly string[];
};

export type ArgumentReader = {
  readonly flag: (index: number) => boolean;
  readonly number: (index: number) => number;
  readonly text: (index: number) => string;
  /** One of `known`; capitals count, as in A1111. */
  readonly choice: <const Known extends string>(index: number, known: readonly Known[]) => Known;
  /** As it came. */
  readonly raw: (index: number) => unknown;
};

/**
 * @param count What the script needs; more are passed over, as A1111 does.
 * @throws RequestMismatch for fewer, and from the readers for values of another kind, by place.
 */
export function readArguments(given: readonly unknown[], count: number): ArgumentReader {
  if (given.length < count) {
    throw new RequestMismatch([
      {
        loc: ['body', 'script_args'],
        msg: `the script takes ${count} arguments, and ${given.length} were given; /sdapi/v1/script-info lists them`,
        type: 'value_error.list.min_items',
        ctx: { limit_value: count },
      },
    ]);
  }
  const text = (index: number): string => {
    const value = given[index] ?? '';
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      return refuse(index, 'str type expected', 'type_error.str');
    }
    return String(value);
  };
  return {
    raw: (index) => given[index],
    text,
    flag: (index) => {
      const value = given[index] ?? false;
      if (typeof value === 'object') {
        return refuse(index, 'value could not be parsed to a boolean', 'type_error.bool');
      }
      return value === true || value === 1 || /^(true|1|yes|on)$/i.test(String(value));
    },
    number: (index) => {
      const value = text(index);
      const read = value.trim() === '' ? Number.NaN : Number(value);
      return Number.isFinite(read) ? read : refuse(index, 'value is not a valid float', 'type_error.float');
    },
    choice: (index, known) => {
      const value = text(index);
      const found = known.find((one) => one === value);
      return found ?? refuse(index, `unexpected value; permitted: ${known.join(', ')}`, 'value_error.const');
    },
  };
}

function refuse(index: number, msg: string, type: string): never {
  throw new RequestMismatch([{ loc: ['body', 'script_args', index], msg, type }]);
}
