import type aliasProto from "@pulumi/pulumi/proto/alias_pb.js";
import type resproto from "@pulumi/pulumi/proto/resource_pb.js";
import type { PlannedOptions } from "./types.ts";

/** Options as the protocol has them, where empty means not set. */
export interface WireOptions {
  protect: boolean | undefined;
  retainOnDelete: boolean | undefined;
  deleteBeforeReplace: boolean | undefined;
  ignoreChanges: string[];
  replaceOnChanges: string[];
  additionalSecretOutputs: string[];
  aliases: InstanceType<typeof aliasProto.Alias>[];
  deletedWith: string;
  provider: string;
  customTimeouts: InstanceType<typeof resproto.RegisterResourceRequest.CustomTimeouts> | undefined;
  /** URN of the resource's parent. */
  parent: string;
}

export function plannedOptions(wire: WireOptions): PlannedOptions {
  const timeouts = nonEmpty({
    create: wire.customTimeouts?.getCreate(),
    update: wire.customTimeouts?.getUpdate(),
    delete: wire.customTimeouts?.getDelete(),
  });
  return nonEmpty({
    protect: wire.protect === true ? true : undefined,
    retainOnDelete: wire.retainOnDelete === true ? true : undefined,
    deleteBeforeReplace: wire.deleteBeforeReplace,
    ignoreChanges: wire.ignoreChanges,
    replaceOnChanges: wire.replaceOnChanges,
    additionalSecretOutputs: wire.additionalSecretOutputs,
    aliases: [...new Set(wire.aliases.flatMap((alias) => aliasText(alias, wire.parent)))],
    deletedWith: wire.deletedWith,
    provider: wire.provider,
    customTimeouts: timeouts,
  });
}

/** Packages whose SDKs add aliases of their own, for types that had another name in an earlier version. */
const SDK_TYPE = /^(?:aws|awsx|docker):/;

/** The URN, or the parts of it that change, such as `name=old`; nothing for an alias of the SDK's own. */
function aliasText(alias: InstanceType<typeof aliasProto.Alias>, parent: string): string[] {
  if (alias.hasUrn()) return [alias.getUrn()];
  const spec = alias.getSpec();
  const former = spec?.getNoparent() === true ? "none" : spec?.getParenturn();
  const parts = nonEmpty({
    name: spec?.getName(),
    type: spec?.getType(),
    stack: spec?.toObject().stack,
    project: spec?.getProject(),
    // The SDK always names the parent, changed or not.
    parent: former === parent ? undefined : former,
  });
  if (Object.keys(parts).join() === "type" && SDK_TYPE.test(parts.type ?? "")) return [];
  return [
    Object.entries(parts)
      .map(([key, value]) => `${key}=${value}`)
      .join(" "),
  ];
}

type NonEmpty<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without entries that say nothing: undefined, empty texts, lists and maps. */
function nonEmpty<T extends object>(entries: T): NonEmpty<T> {
  return Object.fromEntries(
    Object.entries(entries).filter(
      ([, value]) =>
        value !== undefined &&
        value !== "" &&
        !(typeof value === "object" && value !== null && Object.keys(value as object).length === 0),
    ),
  ) as NonEmpty<T>;
}
