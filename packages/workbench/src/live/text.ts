/** Plain text for terminals and logs. */

/** Rows with their cells under each other, two spaces apart, without trailing space. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) =>
      Array.from({ length: Math.max(widest.length, row.length) }, (_, index) =>
        Math.max(widest[index] ?? 0, row[index]?.length ?? 0),
      ),
    [],
  );
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** `2026-03-01 12:06 UTC`. @param at - milliseconds since 1970 */
export function minute(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** `12:06:31`, in UTC. @param at - milliseconds since 1970 */
export function second(at: number): string {
  return new Date(at).toISOString().slice(11, 19);
}
