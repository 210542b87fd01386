/** What a wrong setting is: one line that names the setting, where it came from, what was given and what is allowed. */

/** The settings are wrong and the server must not start. `message` is one line for the person who started it. */
export class ConfigError {
  readonly message: string;
  constructor(message: string) {
    this.message = message.replaceAll(/\s+/g, ' ');
  }
}

/** The value as the person gave it, on one line and no longer than a line: long or broken text stays recognisable. */
export function quote(text: string): string {
  return JSON.stringify(text.length <= 60 ? text : `${text.slice(0, 60)}…`);
}
