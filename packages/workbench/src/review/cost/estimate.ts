import { priceOf, type PriceId } from "../../plan/prices/prices.ts";
import type { Plan } from "../../plan/types.ts";
import { boxes, countable } from "../groups.ts";
import { chargesOf } from "./billing.ts";
import { IDLE, type Load } from "./load.ts";
import { customMetrics } from "./metrics.ts";

/** All that one component takes of one price in a month. */
export interface CostLine {
  /** Box of the architecture. */
  box: string;
  id: PriceId;
  units: number;
  unit: string;
  /** USD a month. */
  usd: number;
  /** Page that was read for the price; undefined where it is not verified. */
  source: string | undefined;
}

export interface Estimate {
  region: string;
  /** USD a month at list prices, without tax. */
  monthlyUsd: number;
  /** Largest first. */
  lines: CostLine[];
  /** Types that no table prices: what they cost is not in the sum. */
  unknownTypes: string[];
  /** Share of the sum whose prices are not verified, 0 to 1. */
  unverifiedShare: number;
}

export interface EstimateOptions {
  load?: Load;
  /** Sleep by the stack's own schedule; else awake all month. Default true. */
  asleep?: boolean;
  /** Take off what AWS gives every account each month. Default false: an account shares it among all its stacks. */
  freeTier?: boolean;
}

/** What a plan's resources cost in a month, from their inputs, the list prices and a load. */
export function estimate(plan: Plan, options: EstimateOptions = {}): Estimate {
  const { load = IDLE, asleep = true, freeTier = false } = options;
  const configured = plan.config["aws:region"];
  const region = typeof configured === "string" ? configured : "us-east-1";
  const boxOf = boxes(plan);
  const asked = { plan, load, asleep };
  const setting = { ...asked, customMetrics: customMetrics(asked) };
  const lines = new Map<string, CostLine>();
  const unknown = new Set<string>();
  for (const resource of countable(plan.resources)) {
    if (!resource.type.startsWith("aws:")) continue;
    const charges = chargesOf(resource, setting);
    if (charges === undefined) unknown.add(resource.type);
    for (const { id, units, factor = 1 } of charges ?? []) {
      const { usd, unit, source } = priceOf(id, region);
      const box = boxOf.get(resource.urn) ?? "stack";
      const key = `${box} ${id}`;
      const line = lines.get(key) ?? { box, id, units: 0, unit, usd: 0, source };
      lines.set(key, { ...line, units: line.units + units, usd: line.usd + units * usd * factor });
    }
  }
  const sorted = (freeTier ? withoutFree([...lines.values()], region) : [...lines.values()])
    .filter(({ usd }) => usd > 0)
    .sort((a, b) => b.usd - a.usd || (a.id < b.id ? -1 : 1));
  const monthlyUsd = sum(sorted);
  return {
    region,
    monthlyUsd,
    lines: sorted,
    unknownTypes: [...unknown].sort(),
    unverifiedShare:
      monthlyUsd === 0 ? 0 : sum(sorted.filter(({ source }) => source === undefined)) / monthlyUsd,
  };
}

export function sum(lines: readonly CostLine[]): number {
  return lines.reduce((total, { usd }) => total + usd, 0);
}

/** Takes each price's free units off its lines, in their order. */
function withoutFree(lines: readonly CostLine[], region: string): CostLine[] {
  const left = new Map<PriceId, number>();
  return lines.map((line) => {
    const free = left.get(line.id) ?? priceOf(line.id, region).freePerMonth;
    const taken = Math.min(free, line.units);
    left.set(line.id, free - taken);
    const units = line.units - taken;
    return { ...line, units, usd: line.units === 0 ? 0 : (line.usd * units) / line.units };
  });
}
