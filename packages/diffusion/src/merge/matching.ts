import { runInNewContext } from 'node:vm';
import { EngineError } from '../errors.ts';

/** An expression that takes longer has been made to. */
const longestMs = 2000;
const longestExpression = 1000;

/**
 * The names in which a regular expression finds something.
 * @throws EngineError 'request.invalid' for an expression that is none, or that does not come to an end.
 */
export function matching(expression: string, names: readonly string[]): ReadonlySet<string> {
  if (expression.length > longestExpression) throw refuse(`has more than ${longestExpression} characters`);
  try {
    // In a context of its own only because that can be stopped: an expression may take for ever.
    const found: unknown = runInNewContext(
      'const wanted = new RegExp(expression); JSON.stringify(JSON.parse(names).filter((name) => wanted.test(name)))',
      { expression, names: JSON.stringify(names) },
      { timeout: longestMs },
    );
    return new Set(JSON.parse(String(found)) as string[]);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw refuse('takes too long; write it more simply', error);
    throw refuse(`is no regular expression (${message})`, error);
  }
}

function refuse(reason: string, cause?: unknown): EngineError {
  return new EngineError('request.invalid', { field: 'discard', reason }, { cause });
}
