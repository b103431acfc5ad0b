/** What a reference between two boxes means to a reader. */
export interface Relation {
  label: string;
  /**
   * `flow`: requests, data, images. `support`: what stands beside it, such as watching. `place`: where it runs.
   * `trait`: said of the box itself, for an arrow from almost every box would tell nothing.
   */
  kind: "flow" | "support" | "place" | "trait";
  /** True where the arrow of the picture runs against the reference: a service names its load balancer. */
  reversed?: boolean;
}

/** Types without their package and module, as the table below names them: `Service.loadBalancers`. */
type Pattern = readonly [from: RegExp, to: RegExp, relation: Relation];

const PATTERNS: readonly Pattern[] = [
  [/^Service\.loadBalancers$/, /./, { label: "requests", kind: "flow", reversed: true }],
  [
    /^(?:LoadBalancer\.subnets|Service\.networkConfiguration)$/,
    /^Subnet$/,
    { label: "runs in", kind: "place" },
  ],
  [
    /^TaskDefinition\.containerDefinitions$/,
    /^(?:Image|Repository)$/,
    { label: "pulls its image", kind: "flow" },
  ],
  [/^TaskDefinition\.containerDefinitions$/, /^Table$/, { label: "reads, writes", kind: "flow" }],
  [/^LoadBalancer\.(?:access|connection)Logs$/, /./, { label: "access logs", kind: "flow" }],
  [/^Record\./, /^LoadBalancer$/, { label: "resolves to", kind: "flow" }],
  [/^Trail\.s3BucketName$/, /./, { label: "audit log", kind: "support" }],
  [/./, /^Key$/, { label: "encrypted with the stack's key", kind: "trait" }],
  [
    /^(?:MetricAlarm|CompositeAlarm|Dashboard|QueryDefinition)\./,
    /./,
    { label: "watches", kind: "support" },
  ],
  [/^Service\.alarms$/, /./, { label: "rolls back on", kind: "support" }],
  [/^WebAclAssociation\./, /^LoadBalancer$/, { label: "filters", kind: "support" }],
];

/**
 * What it means that a property of one type refers to another type; `undefined` for what is only wiring, such as a
 * security group that names its VPC.
 */
export function relationOf(type: string, property: string, target: string): Relation | undefined {
  const from = `${kindOf(type)}.${property}`;
  const to = kindOf(target);
  return PATTERNS.find(([source, destination]) => source.test(from) && destination.test(to))?.[2];
}

/** `Service` of `aws:ecs/service:Service`. */
function kindOf(type: string): string {
  return type.split(":").at(-1) ?? type;
}
