// Evidence is written by commands, never by hand: tables and the sentence that says so.

/** A GitHub table; the first columns align left, one unless told otherwise, and the others right. */
export function markdownTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  left = 1,
): string {
  const rule = head.map((_, i) => (i < left ? '---' : '---:'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The first lines of an evidence file. */
export function preface(title: string, command: string): string {
  return `# ${title}\n\nWritten by \`${command}\`; do not edit by hand.\n`;
}

/** Whole dollars with thousands separators. */
export function dollarsText(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Thousands of dollars, one decimal, with separators. */
export function thousandsText(value: number): string {
  const thousands = Math.round(value / 100) / 10;
  return thousands.toLocaleString('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
}

/** A share in percent with so many decimals. */
export function shareText(value: number, decimals = 1): string {
  return `${(100 * value).toFixed(decimals)} %`;
}

/** Quantile of a list, linear between order statistics; NaN for an empty one. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)];
  const high = sorted[Math.ceil(at)];
  return low === undefined || high === undefined ? Number.NaN : low + (high - low) * (at - Math.floor(at));
}
