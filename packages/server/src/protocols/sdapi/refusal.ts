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
