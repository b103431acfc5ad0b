import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ElasticLoadBalancingV2Client } from "@aws-sdk/client-elastic-load-balancing-v2";
import { STSClient } from "@aws-sdk/client-sts";

/** The AWS clients that verification asks. They take credentials and endpoints as every AWS SDK does. */
export interface Clients {
  ecs: ECSClient;
  elb: ElasticLoadBalancingV2Client;
  logs: CloudWatchLogsClient;
  sts: STSClient;
}

export interface ClientOptions {
  region: string;
  /** Profile of the shared configuration files. @default - the SDK's own order, AWS_PROFILE among it */
  profile?: string | undefined;
}

export function createClients({ region, profile }: ClientOptions): Clients {
  const options = { region, ...(profile === undefined ? {} : { profile }) };
  return {
    ecs: new ECSClient(options),
    elb: new ElasticLoadBalancingV2Client(options),
    logs: new CloudWatchLogsClient(options),
    sts: new STSClient(options),
  };
}
