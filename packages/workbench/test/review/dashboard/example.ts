import type { Json, Plan, PlannedResource } from "../../../src/plan/types.ts";

const resource = (
  type: string,
  name: string,
  inputs: Record<string, Json>,
): Partial<PlannedResource> => ({
  ...{ urn: `urn:${name}`, type, name, custom: true, expanded: false },
  ...{ inputs, outputs: { arn: `arn:aws:cloudwatch:eu-west-1:1:alarm:${name}` } },
  ...{ options: {}, dependencies: [], propertyDependencies: {} },
});

/** A dashboard with a widget of each kind, and two ways to name a metric. */
export const EXAMPLE: Json = {
  widgets: [
    {
      ...{ type: "alarm", x: 0, y: 0, width: 24, height: 2 },
      properties: { title: "Harm?", alarms: ["arn:aws:cloudwatch:eu-west-1:1:alarm:harm"] },
    },
    {
      ...{ type: "text", x: 0, y: 2, width: 24, height: 1 },
      properties: { markdown: "## Objective" },
    },
    {
      ...{ type: "metric", x: 0, y: 3, width: 8, height: 6 },
      properties: {
        title: "5xx & 4xx",
        metrics: [
          [
            "AWS/ApplicationELB",
            "HTTPCode_Target_5XX_Count",
            "LoadBalancer",
            "a",
            { label: "5xx" },
          ],
          [".", "HTTPCode_Target_4XX_Count", ".", "."],
          ["AWS/ApplicationELB", "HTTPCode_Target_3XX_Count", "LoadBalancer", "a"],
        ],
      },
    },
    {
      ...{ type: "metric", x: 8, y: 3, width: 8, height: 6 },
      properties: {
        title: "Availability",
        metrics: [
          [{ expression: "100 - failed", id: "availability", label: "succeed" }],
          ["AWS/ApplicationELB", "RequestCount", { id: "failed", visible: false }],
        ],
        annotations: { horizontal: [{ label: "objective", value: 99.9 }] },
      },
    },
    {
      ...{ type: "log", width: 24, height: 6 },
      properties: { title: "Errors", query: 'fields @message | filter level = "error"' },
    },
  ],
};

/** A plan with such a dashboard, or without one. */
export const examplePlan = (body?: Json): Plan =>
  ({
    ...{ project: "shop", stack: "prod", config: {}, outputs: {}, invokes: [], warnings: [] },
    resources: [
      resource("aws:cloudwatch/compositeAlarm:CompositeAlarm", "harm", {}),
      ...(body === undefined
        ? []
        : [
            resource("aws:cloudwatch/dashboard:Dashboard", "main", {
              dashboardName: "shop-prod",
              dashboardBody: JSON.stringify(body),
            }),
          ]),
    ],
  }) as unknown as Plan;
