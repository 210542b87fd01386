/** Figures as the page writes them. What was not measured is a dash. */

/** With as many digits as tell something: 12,346; 123; 12.3; 1.23; 0.123. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toLocaleString('en', { minimumFractionDigits: value === 0 ? 0 : digits, maximumFractionDigits: digits });
}

/** Where it is several times the whole, that. */
export function percent(share: number): string {
  if (share >= 3) return `${share.toFixed(1)} ×`;
  return Number.isFinite(share) ? `${(share * 100).toFixed(0)} %` : '–';
}

export function times(ratio: number): string {
  return Number.isFinite(ratio) ? `${ratio.toFixed(2)} ×` : '–';
}
