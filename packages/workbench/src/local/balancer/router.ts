import type { IncomingMessage } from "node:http";

/** Decides which target group takes a request; undefined means none (answered 503). */
export interface Router {
  choose(request: IncomingMessage): string | undefined;
}

/** Listener weights by target group, such as `{ blue: 95, green: 5 }`. */
export type Weights = Readonly<Record<string, number>>;

export interface WeightedRouter extends Router {
  readonly weights: Weights;
  /** @throws RangeError when a weight is not between 0 and 999, the listener's limits. */
  setWeights(weights: Weights): void;
}

/**
 * Router that gives each group its exact share: of every 100 requests at 95 and 5, five go to the
 * second group, evenly spread (smooth weighted round robin). A real listener reaches the shares on average.
 */
export function weightedRouter(initial: Weights): WeightedRouter {
  let weights: Weights = {};
  let credit = new Map<string, number>();
  const setWeights = (next: Weights): void => {
    for (const [group, weight] of Object.entries(next)) {
      if (!(weight >= 0 && weight <= 999)) {
        throw new RangeError(
          `the weight of target group ${group} is ${String(weight)}, but a listener takes 0 to 999.`,
        );
      }
    }
    weights = { ...next };
    credit = new Map(Object.keys(next).map((group) => [group, 0]));
  };
  setWeights(initial);
  return {
    get weights() {
      return weights;
    },
    setWeights,
    choose: () => {
      let chosen: string | undefined;
      let total = 0;
      for (const [group, weight] of Object.entries(weights)) {
        if (weight === 0) continue;
        total += weight;
        const earned = (credit.get(group) ?? 0) + weight;
        credit.set(group, earned);
        if (chosen === undefined || earned > (credit.get(chosen) ?? 0)) chosen = group;
      }
      if (chosen !== undefined) credit.set(chosen, (credit.get(chosen) ?? 0) - total);
      return chosen;
    },
  };
}
