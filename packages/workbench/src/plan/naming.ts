import type { Json } from "./types.ts";
import { isMap } from "./wire.ts";

/**
 * Name that the engine proposes for a resource without one, by type token and logical name. What it makes up stays as it is
 * written, such as `shop-dev-api-${hex(7)}`; empty where it proposes none, and refuses the resource.
 */
export type Naming = (type: string, name: string) => string;

/** Where names are made up. */
export interface NamedStack {
  project: string;
  stack: string;
  /** Value of a key of the project, without its namespace. */
  config: (key: string) => unknown;
}

/** What a provider does by itself. Source: pulumi-terraform-bridge, pkg/tfbridge/info/autonaming.go, AutoName. */
export const PROVIDERS_OWN = "${name}-${hex(7)}";
const MODES: Readonly<Record<string, string>> = {
  default: PROVIDERS_OWN,
  verbatim: "${name}",
  disabled: "",
};

/**
 * Reads `pulumi:autonaming` as the engine does: the rule of a type before that of its provider before that of all.
 * Source: pulumi/pulumi, pkg/resource/autonaming/strategy.go and pkg/cmd/pulumi/autonaming.
 */
export function autoNaming(setting: Json | undefined, place: NamedStack): Naming {
  const read: unknown = typeof setting === "string" ? JSON.parse(setting) : setting;
  const all = entry({ all: read }, "all");
  const providers = entry(all, "providers");
  return (type, name) => {
    const provider = entry(providers, type.split(":")[0] ?? "");
    const rules = [entry(entry(provider, "resources"), type), provider, all];
    const { pattern, mode } = rules.find((rule) => "pattern" in rule || "mode" in rule) ?? {};
    const written = typeof pattern === "string" ? pattern : (MODES[String(mode)] ?? PROVIDERS_OWN);
    const values: Record<string, string> = {
      ...{ organization: "organization", project: place.project, stack: place.stack, name },
    };
    return written.replaceAll(/\$\{(?:config\.([^}]+)|(\w+))\}/g, (whole, key, word) =>
      key === undefined ? (values[word as string] ?? whole) : String(place.config(key as string)),
    );
  };
}

function entry(map: object, key: string): Record<string, unknown> {
  const value: unknown = (map as Record<string, unknown>)[key];
  return isMap(value) ? value : {};
}

/** A proposed name with what is made up; `random` is told how many characters. */
export const madeUp = (proposed: string, random: (length: number) => string): string =>
  proposed.replaceAll(/\$\{(?:(?:hex|alphanum|string|num)\((\d+)\)|uuid)\}/g, (_, length) =>
    random(Number(length ?? 36)),
  );
