/** Prints a table with aligned columns; the first is text, the others are figures. */
export function printTable(title: string, header: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = header.map((_, column) => Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ');
  console.log(`\n${title}\n`);
  for (const row of [header, ...rows]) console.log(`  ${line(row).trimEnd()}`);
}

/** What a ratio should be at most, and whether it is. */
export function verdict(ratio: number, goal: number | undefined): string {
  if (goal === undefined) return '';
  return `${ratio <= goal ? 'met' : 'MISSED'} (<= ${goal.toFixed(2)})`;
}
