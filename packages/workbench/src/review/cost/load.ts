/** Hours that AWS reckons a month at. */
export const HOURS = 730;

/** What passes through a stack in a month. All figures are averages over it. */
export interface Load {
  requestsPerSecond: number;
  requests: number;
  /** Bytes that callers get, in GB. */
  answeredGb: number;
  /** Bytes that leave private subnets for AWS's services and the internet, in GB. */
  outboundGb: number;
  logGb: number;
  /** Writes and reads of the table. */
  writes: number;
  reads: number;
  tableGb: number;
  objectsGb: number;
  imagesGb: number;
  /** Calls of AWS's API that change or read settings, of the whole account. */
  managementEvents: number;
}

/** What a request is taken for. Each figure is the reader's to change by measuring; `--cost` prints them. */
export const ASSUMED = {
  answerKb: 4,
  logKb: 0.5,
  /** Of the requests, those that write and that read an item. */
  writeShare: 0.2,
  readShare: 0.8,
  /** CPU time of a task for one request, and how busy autoscaling lets a task get. */
  cpuMilliseconds: 2,
  utilisation: 0.6,
  /** Requests on one connection of a client. */
  requestsPerConnection: 10,
  /** Images and objects of a stack in use. */
  imagesGb: 1,
  /** Deployments, autoscaling and what looks at them. */
  managementEvents: 200_000,
} as const;

const GB = 1e6;

/** Nobody calls: what stands is billed. */
export const IDLE: Load = loadOf(0);

/** @param requestsPerSecond average over the month */
export function loadOf(requestsPerSecond: number): Load {
  const requests = requestsPerSecond * HOURS * 3600;
  const answeredGb = (requests * ASSUMED.answerKb) / GB;
  return {
    requestsPerSecond,
    requests,
    answeredGb,
    // What a task says to the table, the log and its callers' services is about what it answers.
    outboundGb: answeredGb,
    logGb: (requests * ASSUMED.logKb) / GB,
    writes: requests * ASSUMED.writeShare,
    reads: requests * ASSUMED.readShare,
    tableGb: (requests * ASSUMED.writeShare) / GB,
    objectsGb: (requests * ASSUMED.logKb) / GB,
    imagesGb: ASSUMED.imagesGb,
    managementEvents: ASSUMED.managementEvents,
  };
}

/**
 * Capacity units of an Application Load Balancer: the largest of new connections (25 a second), active connections
 * (3,000 a minute) and bytes (1 GB an hour); rules are below their free ten.
 * Source: https://aws.amazon.com/elasticloadbalancing/pricing/
 */
export function capacityUnits({ requestsPerSecond, answeredGb }: Load): number {
  const connections = requestsPerSecond / ASSUMED.requestsPerConnection;
  return Math.max(connections / 25, (connections * 60) / 3000, answeredGb / HOURS);
}

/** Requests a second that one task of this size carries. */
export function requestsPerTask(vcpu: number): number {
  return (vcpu * ASSUMED.utilisation * 1000) / ASSUMED.cpuMilliseconds;
}
