export type Unit = "Milliseconds" | "Count" | "Bytes" | "None";

export interface MetricGroup {
  /** Names of the members that are dimensions. */
  readonly dimensions: readonly string[];
  readonly metrics: readonly { readonly name: string; readonly unit: Unit }[];
}

export interface EmfDocument {
  readonly timestamp: number;
  readonly namespace: string;
  readonly groups: readonly MetricGroup[];
  /** Dimensions, metric values and plain properties. */
  readonly members: Readonly<Record<string, unknown>>;
}

/**
 * One line of the CloudWatch embedded metric format.
 * Source: AmazonCloudWatch user guide, "Specification: Embedded metric format".
 */
export function emfLine(document: EmfDocument): string {
  const { timestamp, namespace, groups, members } = document;
  const directives = groups.map(({ dimensions, metrics }) => ({
    Namespace: namespace,
    Dimensions: [dimensions],
    Metrics: metrics.map(({ name, unit }) => ({ Name: name, Unit: unit })),
  }));
  const _aws = { Timestamp: timestamp, CloudWatchMetrics: directives };
  return `${JSON.stringify({ _aws, type: "metrics", ...members })}\n`;
}
