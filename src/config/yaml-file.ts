/** Reads the settings that a YAML file gives: one flat mapping of names to values, and nothing cleverer. */
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { ConfigError, quote } from './config-error.ts';
import { type Given, settingOfMember, unknownSetting } from './given.ts';
import { type SettingName, settings } from './settings.ts';

/** A file of settings is small; parsing takes more stack and time the more nested a file is. */
const bytesMax = 64 * 1024;

/** `file` is how the person names it; it opens every error. */
export function readYaml(file: string, text: string): readonly Given[] | ConfigError {
  if (Buffer.byteLength(text) > bytesMax) return new ConfigError(`${file} is larger than ${bytesMax} bytes`);
  const lines = new LineCounter();
  const document = parse(file, text, lines);
  if (document instanceof ConfigError) return document;
  if (document.contents === null) return [];

  const at = (node: Node | null) => `${file} line ${lines.linePos(node?.range?.[0] ?? 0).line}`;
  const alias = findAlias(document);
  if (alias) return new ConfigError(`${at(alias)}: aliases are not allowed`);
  if (!isMap(document.contents))
    return new ConfigError(`${at(document.contents)}: allowed is a mapping of settings to values`);

  const given: Given[] = [];
  for (const { key, value } of document.contents.items as { key: Node; value: Node | null }[]) {
    const member = isScalar(key) ? String(key.value) : '';
    if (member === 'token') return new ConfigError(`${at(key)}: the token is not taken from this file; use tokenFile`);
    const name = settingOfMember.get(member);
    if (name === undefined) return unknownSetting(member, `${quote(member)} in ${at(key)}`, settingOfMember.keys());
    const written = textOf(name, value);
    if (written === undefined) {
      return new ConfigError(
        `${name} (${at(key)}): given ${describe(value)}, allowed is ${settings[name].kind.allowed}`,
      );
    }
    given.push({ name, text: written, source: at(key) });
  }
  return given;
}

function parse(file: string, text: string, lines: LineCounter): Document | ConfigError {
  let document: Document;
  try {
    // The parser's own pretty errors quote the file over several lines.
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  } catch {
    // Nested beyond the stack.
    return new ConfigError(`${file} is no YAML that can be read`);
  }
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem === undefined) return document;
  return new ConfigError(`${file} line ${lines.linePos(problem.pos[0]).line}: ${problem.message}`);
}

function findAlias(document: Document): Node | undefined {
  let found: Node | undefined;
  visit(document, {
    Alias(_, alias) {
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

/** The text as written, so that all sources are read by one rule; lists joined by commas. `undefined`: no such value is allowed. */
function textOf(name: SettingName, value: Node | null): string | undefined {
  if (value === null) return '';
  if (isScalar(value)) {
    if (value.value === null) return '';
    // `yes` is a text in YAML 1.2 and `True` a bool: neither is what a switch takes, nor a bool what anything else does.
    const isSwitch = settings[name].kind.isSwitch === true;
    return typeof value.value === 'boolean' && !isSwitch ? undefined : value.source;
  }
  if (!isSeq(value) || !settings[name].kind.isList) return undefined;
  const items = value.items.map((item) => (isScalar(item) && typeof item.value === 'string' ? item.value : undefined));
  return items.includes(undefined) ? undefined : items.join(',');
}

function describe(value: Node | null): string {
  if (isScalar(value)) return String(value.value);
  return isSeq(value) ? 'a list of this kind' : 'a mapping';
}
