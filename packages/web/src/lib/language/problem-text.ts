/** A problem of the form in words. */
import type { Problem } from '../studio/draft-errors.ts';
import type { Language } from './language.ts';

export function textOfProblem({ t, format }: Pick<Language, 't' | 'format'>, problem: Problem): string {
  switch (problem.kind) {
    case 'range':
      return t.problems.range(format.number(problem.min), format.number(problem.max));
    case 'long':
      return t.problems.long(format.number(problem.max));
    case 'missing':
    case 'whole':
    case 'no-model':
      return t.problems[problem.kind];
  }
}
