// Evidence is written by commands, never by hand: tables and the sentence that says so.

/** A GitHub table; columns from the second on align right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
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
