/** A signal ends the process the ordinary way, so that what it has started ends with it and its files are removed. */
export function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
}
