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
  const events: Event[] = [];
  let news = Promise.withResolvers<void>();
  const tell = (event: Event): void => {
    events.push(event);
    news.resolve();
  };
  const end = task(tell, signal ? AbortSignal.any([signal, stop.signal]) : stop.signal).then(
    () => ({ failed: false }) as const,
    (error: unknown) => ({ failed: true, error }) as const,
  );
  try {
    for (;;) {
      const outcome = await Promise.race([news.promise, end]);
      news = Promise.withResolvers();
      while (events.length > 0) yield events.shift() as Event;
      if (outcome?.failed === true) throw outcome.error;
      if (outcome?.failed === false) return;
    }
  } finally {
    stop.abort();
    await end;
  }
}
