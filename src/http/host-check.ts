/** Whether a request is meant for this server. A page whose name was made to point here (DNS rebinding) says its own name. */
import type { HttpSettings } from './settings.ts';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

export class HostCheck {
  readonly #settings: Pick<HttpSettings, 'port' | 'hosts'>;
  #allowed: ReadonlySet<string> | undefined;

  constructor(settings: Pick<HttpSettings, 'port' | 'hosts'>) {
    this.#settings = settings;
  }

  /** `host` is the value of the only `Host` header. Compared as it stands: no other letter case, no other spelling. */
  allows(host: string): boolean {
    this.#allowed ??= this.#allowedHosts();
    return this.#allowed.has(host);
  }

  #allowedHosts(): ReadonlySet<string> {
    const port = this.#settings.port();
    const allowed = new Set(this.#settings.hosts);
    for (const name of loopbackNames) {
      allowed.add(`${name}:${port}`);
      // Clients leave out the port of the scheme.
      if (port === 80) allowed.add(name);
    }
    return allowed;
  }
}
