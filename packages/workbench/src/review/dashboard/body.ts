import { opened } from "../../lib/json.ts";
import { list, record, type Values } from "../../plan/plan-reader.ts";
import type { Json, PlannedResource } from "../../plan/types.ts";

/** Structure: Amazon CloudWatch API Reference, Dashboard Body Structure and Syntax. @returns none of another resource */
export function widgetsOf({ inputs }: PlannedResource): Values[] {
  return list(record(opened(inputs["dashboardBody"]))["widgets"]).map(record);
}

/** Rows of a graph's metrics. A dot repeats what stands in that place of the row before. */
export function dashboardMetrics(properties: Values): Json[][] {
  let before: Json[] = [];
  return list(properties["metrics"]).map((one) => {
    before = list(one).map((part, index) => (part === "." ? (before[index] ?? part) : part));
    return before;
  });
}
