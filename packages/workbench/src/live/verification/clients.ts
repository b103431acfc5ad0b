import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { ECS } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2 } from "@aws-sdk/client-elastic-load-balancing-v2";
import { STS } from "@aws-sdk/client-sts";
import { defined } from "../../lib/defined.ts";

/** The AWS clients that verification asks. They take credentials and endpoints as every AWS SDK does. */
export interface Clients {
  ecs: ECS;
  elb: ElasticLoadBalancingV2;
  logs: CloudWatchLogs;
  sts: STS;
}

export interface ClientOptions {
  region: string;
  /** Profile of the shared configuration files. @default - the SDK's own order, AWS_PROFILE among it */
  profile?: string | undefined;
}

export function createClients({ region, profile }: ClientOptions): Clients {
  const options = defined({ region, profile });
  return {
    ecs: new ECS(options),
    elb: new ElasticLoadBalancingV2(options),
    logs: new CloudWatchLogs(options),
    sts: new STS(options),
  };
}
