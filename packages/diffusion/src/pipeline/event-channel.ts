/** Turns what a running task tells into an async iterable. */

/**
 * Runs a task beside its consumer and yields what it tells, in order; throws what the task throws.
 * A consumer that stops early aborts the task's signal; iteration ends only when the task has.
 */
export async function* told<Event>(
  task: (tell: (event: Event) => void, signal: AbortSignal) => Promise<void>,
  signal?: AbortSignal,
): AsyncGenerator<Event, void, void> {
  const stop = new AbortController();
  const waiting: Event[] = [];
  let wake = (): void => {};
  let running = true;
  const tell = (event: Event): void => {
    waiting.push(event);
    wake();
  };
  const end = task(tell, signal ? AbortSignal.any([signal, stop.signal]) : stop.signal).finally(() => {
    running = false;
    wake();
  });
  // The failure is thrown below; until then nobody listens.
  end.catch(() => {});
  try {
    while (running || waiting.length > 0) {
      const event = waiting.shift();
      if (event !== undefined) yield event;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    await end;
  } finally {
    stop.abort();
    await end.catch(() => {});
  }
}
