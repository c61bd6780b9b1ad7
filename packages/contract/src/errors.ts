/**
 * Every way in which the program refuses or fails, in one table: a stable code for programs, the HTTP status and
 * exit code of the edges, and a message that tells a person what to do. The engine's own codes
 * (`EngineError` of @bottega/diffusion) get their status in the server's edge.
 */
const table = {
  'request.invalid': { status: 422, exit: 2, message: '{field}: {reason}.' },
  'request.malformed': { status: 400, exit: 2, message: 'The body is not valid JSON: {reason}.' },
  'request.too-large': {
    status: 413,
    exit: 2,
    message: 'The body is larger than {limit}. Send less at once.',
  },
  'request.unsupported-type': {
    status: 415,
    exit: 2,
    message: 'The content type {type} is not understood here. Send {expected}.',
  },
  'request.foreign-origin': {
    status: 403,
    exit: 2,
    message:
      'A page of {origin} may not use this server. Open the workshop itself, or add the origin to BOTTEGA_ALLOWED_ORIGINS.',
  },
  'route.unknown': { status: 404, exit: 2, message: 'There is nothing at {path}.' },
  'generation.unknown': { status: 404, exit: 2, message: 'There is no generation {id}.' },
  'generation.finished': {
    status: 409,
    exit: 2,
    message: 'The generation {id} has already ended ({state}).',
  },
  'task.unknown': { status: 404, exit: 2, message: 'There is no task {id}.' },
  'task.finished': { status: 409, exit: 2, message: 'The task {id} has already ended ({state}).' },
  'picture.unknown': { status: 404, exit: 2, message: 'There is no picture {id}.' },
  'picture.unreadable': {
    status: 422,
    exit: 2,
    message: 'This file is not a picture that can be read here: {reason}.',
  },
  'picture.no-recipe': {
    status: 404,
    exit: 2,
    message:
      'This picture carries no recipe. Pictures made here or by A1111 do, unless a program has stripped them.',
  },
  'media.unknown': {
    status: 422,
    exit: 2,
    message:
      '{field}: there is no picture {id} here. Send it to /api/v1/media first; what nothing starts from is kept for a day.',
  },
  'control-net.unknown': { status: 404, exit: 2, message: 'There is no ControlNet "{name}". {remedy}' },
  'vae.unknown': { status: 404, exit: 2, message: 'There is no VAE "{name}". {remedy}' },
  'model.unknown': { status: 404, exit: 2, message: 'There is no model "{name}". {remedy}' },
  'model.none': {
    status: 503,
    exit: 1,
    message: 'No model is installed. Put a Stable Diffusion checkpoint (.safetensors) into {folder}.',
  },
  'script.skipped': { status: 409, exit: 1, message: 'This drawing was skipped.' },
  'script.axis-unknown': {
    status: 422,
    exit: 2,
    message: 'There is no axis "{name}". Choose one of these: {known}.',
  },
  'script.axis-unavailable': {
    status: 501,
    exit: 2,
    message: 'The axis "{name}" cannot be drawn: this version does not have {feature}.',
  },
  'queue.full': {
    status: 429,
    exit: 1,
    message: '{count} pictures are waiting already, the most that this server queues. Wait, or cancel some.',
  },
  'worker.lost': {
    status: 500,
    exit: 1,
    message:
      'The worker died {attempts} times while making this picture. Try a smaller size; the log says more.',
  },
  'storage.full': {
    status: 507,
    exit: 1,
    message:
      'The disk of {folder} is full. Make room; nothing was lost, and waiting jobs go on by themselves.',
  },
  'storage.unwritable': {
    status: 500,
    exit: 1,
    message:
      '{folder} cannot be written ({reason}). Give this user the right to write there, or set BOTTEGA_DATA to another folder.',
  },
  'storage.in-use': {
    status: 503,
    exit: 1,
    message: 'Another Bottega (process {pid}) uses {folder}. Stop it, or set BOTTEGA_DATA to another folder.',
  },
  'config.invalid': { status: 500, exit: 2, message: '{field}: {reason}.' },
  'config.no-accounts': {
    status: 500,
    exit: 2,
    message:
      'HOST={host} would let other machines in, and this version has no accounts yet. Leave HOST at 127.0.0.1 and reach it through SSH or a proxy that asks for a password.',
  },
  'port.taken': {
    status: 500,
    exit: 1,
    message: 'Port {port} is taken. Stop the other program, or choose another port: PORT={other} npm start.',
  },
  'database.unreachable': {
    status: 503,
    exit: 1,
    message:
      'The database cannot be reached: {reason}. Check DATABASE_URL, or unset it to use the one that comes with the program.',
  },
  'database.failed-to-start': {
    status: 500,
    exit: 1,
    message: 'The database that comes with the program did not start: {reason}. {remedy}',
  },
  'server.unreachable': {
    status: 503,
    exit: 1,
    message: 'No server answers at {url}. Start it with: npm start.',
  },
  'server.failed': {
    status: 500,
    exit: 1,
    message:
      'Something failed that should not have ({reference}). The log has the details; please report it.',
  },
} as const;

/** Stable identifiers of the program's errors. */
export type AppErrorCode = keyof typeof table;

/** The table itself, for documentation and for edges. */
export const appErrors: Readonly<
  Record<AppErrorCode, { readonly status: number; readonly exit: number; readonly message: string }>
> = table;

/** What an error looks like in a response's body: `{ error: { code, message, field? } }`. */
export type ErrorBody = {
  readonly error: { readonly code: string; readonly message: string; readonly field?: string };
};

/**
 * An error that a person or a program should see.
 * @example new AppError('model.unknown', { name: 'x', remedy: 'Installed: miniatura.' })
 */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: AppErrorCode;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    code: AppErrorCode,
    details: Readonly<Record<string, string | number>> = {},
    options?: ErrorOptions,
  ) {
    super(
      table[code].message.replace(/\{(\w+)\}/g, (_, key: string) => String(details[key] ?? '?')),
      options,
    );
    this.code = code;
    this.details = details;
  }

  /** HTTP status at the edge. */
  get status(): number {
    return table[this.code].status;
  }

  /** Exit code of the command line. */
  get exit(): number {
    return table[this.code].exit;
  }
}
