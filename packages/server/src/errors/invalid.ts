/** What zod found, as an error that names the field. */
import { AppError } from '@bottega/contract';

type Issue = {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Fields that should not be there. */
  readonly keys?: readonly string[];
};

/** @param issue The first is told: people mend one thing at a time. */
export function invalid(issue: Issue | undefined): AppError {
  const field = [...(issue?.path ?? []), ...(issue?.keys?.slice(0, 1) ?? [])].join('.') || 'body';
  return new AppError('request.invalid', {
    field: field.slice(0, 200),
    reason: issue?.message ?? 'is not valid',
  });
}
