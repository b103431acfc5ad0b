import type { PriceId, PriceRow } from "../../plan/prices/prices.ts";

/** The table of prices as its file has it. */
export interface Table {
  date: string;
  sources: Readonly<Record<string, string>>;
  prices: Readonly<Record<string, PriceRow>>;
}

/** The table with one price of one region, and the file that it was read in as its source. */
export function updated(
  table: Table,
  price: { id: PriceId; region: string; usd: number; offer: string; url: string },
): Table {
  const { id, region, usd, offer, url } = price;
  const row = table.prices[id];
  if (row === undefined) throw new Error(`The table of prices has no row ${id}.`);
  const source = `${offer} ${region}`;
  return {
    ...table,
    sources: { ...table.sources, [source]: url },
    prices: {
      ...table.prices,
      [id]: { ...row, usd: { ...row.usd, [region]: usd }, read: { ...row.read, [region]: source } },
    },
  };
}
