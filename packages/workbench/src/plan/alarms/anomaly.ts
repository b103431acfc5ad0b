import { list, record, text } from "../plan-reader.ts";
import type { PlannedResource } from "../types.ts";

/** Whether an alarm watches a band of what CloudWatch expects. */
export const hasBand = (inputs: PlannedResource["inputs"]): boolean =>
  list(inputs["metricQueries"]).some((query) =>
    (text(record(query)["expression"]) ?? "").startsWith("ANOMALY_DETECTION_BAND"),
  );
