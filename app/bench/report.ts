/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly measured: string;
  /** What it has to be; absent for a figure without a bar. */
  readonly bar?: string;
  readonly met?: boolean;
}

/** Prints the rows under a title, and remembers those with a bar for the closing line. */
export class Report {
  readonly #judged: Row[] = [];

  section(title: string, rows: readonly Row[]): void {
    console.log(`\n${title}`);
    const what = width(rows.map((row) => row.what));
    const measured = width(rows.map((row) => row.measured));
    const bar = width(rows.map((row) => row.bar ?? ""));
    for (const row of rows) {
      const verdict = row.met === undefined ? "" : row.met ? "met" : "missed";
      const cells = [
        row.what.padEnd(what),
        row.measured.padEnd(measured),
        (row.bar ?? "").padEnd(bar),
        verdict,
      ];
      console.log(`  ${cells.join("   ").trimEnd()}`);
      if (row.met !== undefined) this.#judged.push(row);
    }
  }

  end(): void {
    const missed = this.#judged.filter(({ met }) => met === false);
    console.log(`\n${this.#judged.length - missed.length} of ${this.#judged.length} bars met`);
    for (const { what, measured, bar } of missed)
      console.log(`  missed: ${what} is ${measured}, has to be ${bar ?? ""}`);
  }
}

const width = (cells: readonly string[]): number =>
  Math.max(0, ...cells.map((cell) => cell.length));
