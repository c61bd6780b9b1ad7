/** The port: taken at once, so that a second program is told at once, and answering when everything is ready. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError } from '@bottega/contract';

export type Listener = {
  readonly url: string;
  /** Requests that came before are answered now. */
  answerWith(listener: RequestListener): void;
  /** Ends open connections too: event streams never end by themselves. */
  close(): Promise<void>;
};

/** @throws AppError `port.taken`, `config.invalid`. */
export async function listenOn(host: string, port: number): Promise<Listener> {
  const ready = Promise.withResolvers<RequestListener>();
  let answer: RequestListener = (request, response) => {
    void ready.promise.then((listener) => listener(request, response));
  };
  const server = createServer((request, response) => answer(request, response));
  // Uploads of 32 MiB over a slow line take a while; requests that never end do not.
  server.requestTimeout = 300_000;
  await bind(server, host, port);
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    answerWith: (listener) => {
      answer = listener;
      ready.resolve(listener);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bind(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE')
      reject(new AppError('port.taken', { port, other: port + 1 }, { cause: error }));
    else
      reject(
        new AppError(
          'config.invalid',
          { field: 'PORT', reason: `cannot be listened on (${error.code})` },
          { cause: error },
        ),
      );
  });
  server.listen(port, host, resolve);
  await promise;
}
