/** Round numbers for axes. */

/** From 0 to at least `max`, in at most `most` steps of 1, 2 or 5 times a power of ten (or of two, for bytes). */
export function ticksUpTo(max: number, most = 3, base: 10 | 2 = 10): number[] {
  if (!(max > 0)) return [0, 1];
  const step = base === 10 ? decimalStep(max / most) : 2 ** Math.ceil(Math.log2(max / most));
  const ticks: number[] = [];
  for (let i = 0; i === 0 || ticks.at(-1)! < max; i++) ticks.push(i * step);
  return ticks;
}

function decimalStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  // The factor lets 0.30000000000000004 still be 3 tenths.
  const wanted = (least / power) * 0.999999;
  return (wanted <= 1 ? 1 : wanted <= 2 ? 2 : wanted <= 5 ? 5 : 10) * power;
}
