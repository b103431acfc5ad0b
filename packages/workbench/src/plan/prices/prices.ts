import data from "./prices.json" with { type: "json" };

/** Things that AWS bills by the unit, as the table of prices names them. */
export type PriceId = keyof typeof data.prices;

/** A list price, without tax and discounts. */
export interface Price {
  /** US dollars a unit. */
  usd: number;
  /** Such as `vCPU-hour`, `GB-month`, `million requests`. */
  unit: string;
  /** Units a month that AWS gives every account for good; offers that end after a year are none. */
  freePerMonth: number;
  /** Page that was read for this price in this region; undefined where the figure is not verified. */
  source: string | undefined;
}

/** A row of the table. */
export interface PriceRow {
  unit: string;
  usd: Readonly<Record<string, number>>;
  read?: Readonly<Record<string, string>>;
  freePerMonth?: number;
}

const SOURCES: Readonly<Record<string, string>> = data.sources;

/** Day on which the table was written, such as `2026-11-30`. */
export const PRICES_DATE = data.date;

/** Regions that the table has prices for. The others are estimated with those of the first. */
export const PRICED_REGIONS: readonly string[] = Object.keys(data.prices["fargate-arm64-vcpu"].usd);

/** @returns the price of a thing in a region; that of the first region, not verified, where the table lacks the region */
export function priceOf(id: PriceId, region: string): Price {
  const row: PriceRow = data.prices[id];
  const [fallback = ""] = PRICED_REGIONS;
  const source = row.read?.[region];
  return {
    usd: row.usd[region] ?? row.usd[fallback] ?? 0,
    unit: row.unit,
    freePerMonth: row.freePerMonth ?? 0,
    source: source === undefined ? undefined : SOURCES[source],
  };
}
