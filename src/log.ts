/** The server's log: one JSON line each on stdout. No value, no token and no key is ever written to it. */
import { type DestinationStream, type Logger, pino } from 'pino';

/** Lines that cannot be written are kept up to so many bytes, then dropped. */
const backlogBytesMax = 1024 * 1024;

/** A line is written before the call returns, so that none is lost when the process ends in the same turn. */
export function openLog(descriptor = 1): Logger {
  const formatters = { level: (level: string) => ({ level }) };
  return pino({ formatters, timestamp: pino.stdTimeFunctions.isoTime }, openDestination(descriptor));
}

function openDestination(descriptor: number): DestinationStream {
  const destination = pino.destination({ dest: descriptor, sync: true, maxLength: backlogBytesMax });
  // Nobody reads any more, or the disk that takes the log is full: that is no reason to stop serving.
  destination.on('error', () => {});
  return destination;
}
