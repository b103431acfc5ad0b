import type { Key, Kind, Refusal } from "./kinds.ts";
import { account, app, registry } from "./keys/app.ts";
import { edge } from "./keys/edge.ts";
import { network, loadBalancer } from "./keys/network.ts";
import { service, deployment } from "./keys/service.ts";
import { services } from "./keys/services.ts";
import { storage, security, observability } from "./keys/operations.ts";

/**
 * Every configuration key, by the component that it sizes: what values it takes, its default and what it means. Pulumi.yaml
 * and docs/configuration.md are written from it by `npm run docs`. Rules between keys stand in rules.ts.
 */
export const KEYS = {
  account,
  app,
  registry,
  network,
  edge,
  loadBalancer,
  service,
  services,
  deployment,
  storage,
  security,
  observability,
} satisfies Record<string, Record<string, Key<unknown>>>;

type Section = keyof typeof KEYS;
type ValueOf<K> = K extends Kind<infer T> ? Exclude<T, Refusal> : never;

/** The values of one stack, plain and checked, grouped by component. Built by config.ts. */
export type StackValues = {
  readonly [S in Section]: { readonly [K in keyof (typeof KEYS)[S]]: ValueOf<(typeof KEYS)[S][K]> };
};

/** The table without the types of its values, to walk over. */
export const SECTIONS: Readonly<Record<string, Readonly<Record<string, Key<unknown>>>>> = KEYS;

/** Key -> its kind, in the order of the table. */
export const KIND_BY_KEY: ReadonlyMap<string, Key<unknown>> = new Map(
  Object.values(SECTIONS).flatMap((kinds) => Object.entries(kinds)),
);
