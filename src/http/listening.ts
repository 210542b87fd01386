/** Listening on the address of the settings, and what the person who started the server reads where that is not to be had. */
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import type { ListenAddress } from '../config/kinds.ts';
import { formatAddress } from '../config/relations.ts';
import { exitCodes, StartRefusal } from '../wal/refusal.ts';

/**
 * Only on the address asked for: the framework's own `listen` makes two of `localhost`. `source` is where the setting is
 * from. Rejects with a `StartRefusal`.
 */
export async function listen(server: Server, address: ListenAddress, source: string): Promise<AddressInfo> {
  const { host, port } = address;
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (error) {
    throw cannotListen(address, source, error);
  }
  return server.address() as AddressInfo;
}

/** The store was opened and not yet used: its lock goes with the process, and nothing else is left behind. */
export function cannotListen(address: ListenAddress, source: string, error: unknown): StartRefusal {
  const { code = String(error) } = error as NodeJS.ErrnoException;
  const what = `cannot listen on ${formatAddress(address)}: ${code}`;
  // The machine has no such address or lets us not have it: another one must be chosen.
  if (['EADDRNOTAVAIL', 'EACCES', 'ENOTFOUND', 'EAI_AGAIN', 'EAFNOSUPPORT', 'EINVAL'].includes(code))
    return new StartRefusal(exitCodes.settings, `${what}; change listen (${source})`, { cause: error });
  const why = code === 'EADDRINUSE' ? ', another process listens there' : '';
  return new StartRefusal(exitCodes.inputOutput, `${what}${why}`, { cause: error });
}
