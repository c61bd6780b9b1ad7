import type { sdapi } from '@bottega/contract';

/** A refusal in the words of A1111, which programs match on. */
export class SdapiRefusal extends Error {
  override readonly name = 'SdapiRefusal';
  readonly status: number;
  readonly body: sdapi.SdapiErrorBody;

  constructor(status: number, body: Partial<sdapi.SdapiErrorBody>, options?: ErrorOptions) {
    super(body.detail ?? body.errors ?? '', options);
    this.status = status;
    this.body = { error: 'HTTPException', detail: '', body: '', errors: '', ...body };
  }
}

/** What A1111 refuses itself. */
export function refusal(status: number, detail: string, options?: ErrorOptions): SdapiRefusal {
  return new SdapiRefusal(status, { detail }, options);
}

/** What this program cannot do yet: 501 and a code, so that a client's log says more than "Internal Server Error". */
export function notYet(what: string): SdapiRefusal {
  return new SdapiRefusal(501, {
    error: 'NotImplementedError',
    detail: `${what} is not available in this version.`,
    errors: `${what} is not available in this version.`,
  });
}
