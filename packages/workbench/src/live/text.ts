/** Plain text for terminals and logs. */

/** Rows with their cells under each other, two spaces apart, without trailing space. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const width = (column: number): number =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => cell.padEnd(width(column))).join("  ");
  return rows.map((row) => line(row).trimEnd()).join("\n");
}

/** `2026-03-01 12:06 UTC`. @param at - milliseconds since 1970 */
export function minute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** `12:06:31`, in UTC. @param at - milliseconds since 1970 */
export function second(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}
