import { hasBand } from "../../plan/alarms/anomaly.ts";
import { text } from "../../plan/plan-reader.ts";
import { stateResources } from "../delivery/pulumi.ts";
import type { Walk } from "./walk.ts";

/** A band learns from two weeks. In these hours CloudWatch may know nothing yet; it has to take the alarms, and none may call. */
export async function bands({ run, root, stack, alarms }: Walk): Promise<string> {
  const names = (await stateResources({ run, cwd: root }, stack)).flatMap(({ outputs = {} }) =>
    hasBand(outputs) ? (text(outputs["name"]) ?? []) : [],
  );
  const seen = await alarms(names);
  const said = seen
    .map(
      ({ AlarmName = "", StateValue = "", StateReason = "" }) =>
        `${AlarmName}: ${StateValue}, ${StateReason}`,
    )
    .join("\n");
  if (seen.length < names.length || seen.some(({ StateValue }) => StateValue === "ALARM"))
    throw new Error(`of ${names.join(", ")} CloudWatch has\n${said}`);
  return said;
}
