/** Ends this process in this very turn, also while the disk hangs. */

/**
 * `process.exit` waits for the calls to the system that are under way, and one that writes to a hung disk may never
 * come back. So the process becomes another program that exits with `code`: the system ends the other threads then.
 */
export function endProcess(code: number): never {
  try {
    process.execve?.(process.execPath, [process.execPath, '-e', `process.exit(${code})`], {});
  } catch {
    // The binary was removed under us, by an update.
  }
  process.exit(code);
}

/** As the signal does where nobody handles it; the rest of the turn may still run. */
export function dieOf(signal: NodeJS.Signals): void {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
