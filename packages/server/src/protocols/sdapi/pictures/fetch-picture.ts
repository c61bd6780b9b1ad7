/** Fetches pictures that requests name by address, from the internet only. */
import { lookup as systemLookup } from 'node:dns/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isGlobal } from './global-address.ts';

/** Why nothing was fetched: `local` for addresses that are nobody's but ours, `failed` for everything else. */
export class FetchRefusal extends Error {
  override readonly name = 'FetchRefusal';
  readonly reason: 'local' | 'failed';

  constructor(reason: FetchRefusal['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/** How names become addresses, and which of those may be asked; tests bring their own. */
export type Network = {
  readonly addressesOf: (name: string) => Promise<readonly string[]>;
  readonly isAllowed: (address: string) => boolean;
};

const internet: Network = {
  addressesOf: async (name) => (await systemLookup(name, { all: true })).map(({ address }) => address),
  isAllowed: isGlobal,
};

/** A1111's patience. */
const patienceMs = 30_000;
const largestFile = 64 * 2 ** 20;
const mostRedirects = 5;

/**
 * The bytes at an http(s) address. Every name is resolved once and the connection made to that very address, so that
 * it cannot be another one the second time; redirects are judged as the first address was.
 * @throws FetchRefusal
 */
export async function fetchPicture(address: string, network: Network = internet): Promise<Buffer> {
  const signal = AbortSignal.timeout(patienceMs);
  let url = parse(address);
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const response = await get(url, await place(url, network), signal);
    const { statusCode = 0, headers } = response;
    if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
      response.destroy();
      url = parse(headers.location, url);
      continue;
    }
    if (statusCode !== 200) {
      response.destroy();
      throw new FetchRefusal('failed', `the server there says ${statusCode}`);
    }
    return read(response);
  }
  throw new FetchRefusal('failed', 'it leads from address to address');
}

function parse(address: string, base?: URL): URL {
  const url = URL.parse(address, base);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new FetchRefusal('failed', 'it is no http(s) address');
  return url;
}

/** Where to connect to; all addresses of a name must be allowed, as in A1111. */
async function place({ hostname }: URL, { addressesOf, isAllowed }: Network): Promise<string> {
  const name = hostname.replace(/^\[|\]$/g, '');
  const addresses =
    isIP(name) === 0
      ? await addressesOf(name).catch((cause: unknown) => {
          throw new FetchRefusal('local', `${name} is not known`, { cause });
        })
      : [name];
  if (addresses.length === 0 || !addresses.every(isAllowed)) {
    throw new FetchRefusal('local', `${name} is not on the internet`);
  }
  return addresses[0];
}

function get(url: URL, address: string, signal: AbortSignal): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const family = isIP(address);
  const lookup: LookupFunction = (_name, { all }, callback) => {
    if (all === true) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  request(url, { lookup, signal, agent: false, headers: { accept: 'image/*' } }, resolve)
    .on('error', (cause) => reject(new FetchRefusal('failed', cause.message, { cause })))
    .end();
  return promise;
}

async function read(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  try {
    for await (const part of response as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > largestFile) throw new Error(`there are more than ${largestFile} bytes`);
      parts.push(part);
    }
  } catch (cause) {
    response.destroy();
    throw new FetchRefusal('failed', (cause as Error).message, { cause });
  }
  return Buffer.concat(parts);
}
