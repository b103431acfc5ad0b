import { opened } from "../lib/json.ts";
import { record, text, type Values } from "./plan-reader.ts";
import type { Json, Plan } from "./types.ts";

/** What a stack's configuration needs in order to build what it runs by digest. */
export interface Unpinned {
  overrides: Readonly<Record<string, string>>;
  /** The main service's image; empty where that is built. */
  pinnedImage: string;
}

/** The keys `image` and `services` without the images that they pin by digest; undefined where they pin none. */
export function unpinned({ config }: Pick<Plan, "config">): Unpinned | undefined {
  const pinnedImage = text(config["image"]) ?? "";
  const services = withoutImages(config["services"]);
  if (pinnedImage === "" && services === undefined) return undefined;
  return { overrides: { ...(pinnedImage === "" ? {} : { image: "" }), ...services }, pinnedImage };
}

const isPinned = (settings: Values): boolean => (text(settings["image"]) ?? "").includes("sha256:");

function withoutImages(value: Json | undefined): { services: string } | undefined {
  // A program of another kind may have words there.
  const all = record(opened(value));
  const services = Object.entries(all).map(([name, settings]) => [name, record(settings)] as const);
  if (!services.some(([, settings]) => isPinned(settings))) return undefined;
  const kept = services.map(([name, settings]) => [
    name,
    isPinned(settings) ? { ...settings, image: undefined } : settings,
  ]);
  return { services: JSON.stringify(Object.fromEntries(kept)) };
}
