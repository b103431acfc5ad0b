import { isMap } from "@koa-fargate/workbench/project";
import { json, key, Refusal, type Kind } from "../kinds.ts";

/** Values by service and key; what each may be is for service-sizes.ts to say, which knows the services. */
const sizes: Kind<Readonly<Record<string, Readonly<Record<string, unknown>>>>> = {
  allows: "keys by service, such as `{ worker: { taskCpu: 512 } }`",
  type: "object",
  parse(text = "{}") {
    const value = json(text);
    if (!isMap(value)) return new Refusal("is not a map of services to their keys.");
    const wrong = Object.entries(value).find(([, settings]) => !isMap(settings));
    return wrong === undefined
      ? (value as Record<string, Record<string, unknown>>)
      : new Refusal(
          `sets ${wrong[0]} to ${JSON.stringify(wrong[1])}. Give it keys, such as ${wrong[0]}: { taskCpu: 512 }.`,
        );
  },
};

/** The key of the services beside the main one. */
export const services = {
  services: key(
    sizes,
    {},
    "Sizes, variables and secrets of the services that services.ts names beside the main one; docs/services.md lists their keys.",
  ),
};
