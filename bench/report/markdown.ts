/** Sections as Markdown, and their tables as plain text for a terminal. */
import type { Finding, Section, Table } from '../measurement.ts';

/** Where the plots lie, as the page refers to them. */
export const PLOTS = 'performance';

/** `origin` is one line that says when, where and with what versions the figures were made. */
export function sectionMarkdown(section: Section, origin: string): string {
  const plots = (section.plots ?? []).map(({ name, alt }) => `![${alt}](${PLOTS}/${name}.svg)`);
  const findings = section.findings ?? [];
  return [
    section.about,
    ...section.tables.map(tableMarkdown),
    ...plots,
    ...(findings.length > 0 ? [tableMarkdown(findingsTable(findings))] : []),
    `*${origin}*`,
  ].join('\n\n');
}

export function tableMarkdown({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(columns), `|${'---|'.repeat(columns.length)}`, ...rows.map(line)].join('\n');
}

export function findingsTable(findings: readonly Finding[]): Table {
  const rows = findings.map(({ what, wanted = '–', shown, isMet }) => [what, shown, wanted, metText(isMet)]);
  return { columns: ['figure', 'measured', 'wanted', 'met'], rows };
}

export function tableText({ columns, rows }: Table): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function metText(isMet: boolean | undefined): string {
  if (isMet === undefined) return '–';
  return isMet ? 'yes' : '**no**';
}
