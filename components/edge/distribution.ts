import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import {
  apiBehavior,
  assetsBehavior,
  LOG_FIELDS,
  originTimes,
  VIEWER_REGION,
} from "./cloudfront.ts";

export interface DistributionArgs {
  /** Of project and stack: names what has a name in the account. */
  stackName: string;
  /** The internal load balancer. With a certificate of the callers' names CloudFront reaches it by HTTPS. */
  loadBalancer: {
    arn: pulumi.Output<string>;
    arnSuffix: pulumi.Output<string>;
    dnsName: pulumi.Output<string>;
    certificateArn: pulumi.Input<string>;
  };
  /** Certificate of us-east-1. @default - CloudFront's own name alone */
  certificateArn?: pulumi.Input<string> | undefined;
  /** Names that the certificate covers, the main one first. */
  hostNames: readonly string[];
  requestTimeoutSeconds: number;
  /** Of the load balancer. */
  idleTimeoutSeconds: number;
  /** Web ACL of us-east-1, with the scope CLOUDFRONT. @default none */
  webAclArn?: pulumi.Input<string> | undefined;
  /** ARN of the bucket that takes the access log; has to allow its delivery already. */
  logBucketArn: pulumi.Input<string>;
  /** Name by which S3 is asked for `/assets/*`, of a bucket that lets distributions of the account read. @default - the app is asked */
  assetsDomainName?: pulumi.Input<string> | undefined;
  deletionProtection: boolean;
}

const ORIGIN = "load-balancer";
const ASSETS = "assets";

/**
 * CloudFront distribution before an internal load balancer, by a VPC origin: its only way in. HTTPS from the start, with a name
 * of CloudFront's own or with those of a certificate. Both take long to come and to go: about 15 and 5 minutes.
 * Cost: nothing while nobody calls; then by requests and bytes, of which a month's first 10 million and first TB are free.
 */
export class Distribution extends pulumi.ComponentResource {
  /** CloudFront's own name of it, which the names of callers lead to. */
  readonly dnsName: pulumi.Output<string>;
  readonly zoneId: pulumi.Output<string>;
  /** Where callers reach the service. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: DistributionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:edge:Distribution", name, {}, opts);

    const { loadBalancer, certificateArn, assetsDomainName: domainName } = args;
    const hostNames = certificateArn === undefined ? [] : args.hostNames;
    const distribution = new aws.cloudfront.Distribution(
      name,
      {
        enabled: true,
        comment: args.stackName,
        aliases: [...hostNames],
        httpVersion: "http2and3",
        isIpv6Enabled: true,
        origins: [
          {
            originId: ORIGIN,
            domainName: loadBalancer.dnsName,
            vpcOriginConfig: {
              vpcOriginId: this.vpcOrigin(name, args).id,
              ...originTimes(args.requestTimeoutSeconds, args.idleTimeoutSeconds),
            },
          },
          ...(domainName === undefined
            ? []
            : [{ originId: ASSETS, domainName, originAccessControlId: this.accessControl(name) }]),
        ],
        defaultCacheBehavior: apiBehavior(ORIGIN),
        orderedCacheBehaviors: domainName === undefined ? undefined : [assetsBehavior(ASSETS)],
        restrictions: { geoRestriction: { restrictionType: "none" } },
        // By CloudFront's own name versions of TLS before 1.2 may be spoken, which nobody can change.
        viewerCertificate:
          certificateArn === undefined
            ? { cloudfrontDefaultCertificate: true }
            : {
                acmCertificateArn: certificateArn,
                sslSupportMethod: "sni-only",
                minimumProtocolVersion: "TLSv1.2_2021",
              },
        webAclId: args.webAclArn,
      },
      // A new one has another name of CloudFront's.
      { parent: this, protect: args.deletionProtection },
    );
    this.log(name, distribution, args);
    this.dnsName = distribution.domainName;
    this.zoneId = distribution.hostedZoneId;
    this.url = pulumi.interpolate`https://${hostNames[0] ?? distribution.domainName}`;
    this.registerOutputs({ url: this.url, dnsName: this.dnsName });
  }

  /** By which CloudFront signs what it asks of a bucket. */
  private accessControl(name: string): pulumi.Output<string> {
    return new aws.cloudfront.OriginAccessControl(
      name,
      { originAccessControlOriginType: "s3", signingBehavior: "always", signingProtocol: "sigv4" },
      { parent: this },
    ).id;
  }

  /** CloudFront's way into the VPC: network interfaces of its own beside those of the load balancer. */
  private vpcOrigin(name: string, args: DistributionArgs): aws.cloudfront.VpcOrigin {
    const { arn, arnSuffix, certificateArn } = args.loadBalancer;
    const encrypted = certificateArn !== "";
    const number = arnSuffix.apply((suffix) => suffix.split("/").at(-1));
    return new aws.cloudfront.VpcOrigin(
      name,
      {
        vpcOriginEndpointConfig: {
          // Another one for each load balancer and each way to it: both stand for a moment.
          name: pulumi.interpolate`${args.stackName}-${encrypted ? "https" : "http"}-${number}`,
          arn,
          httpPort: 80,
          httpsPort: 443,
          originProtocolPolicy: encrypted ? "https-only" : "http-only",
          originSslProtocols: { items: ["TLSv1.2"], quantity: 1 },
        },
      },
      // CloudFront changes none that a distribution uses, not even its tags: a new one takes its place, and the old one goes when
      // the distribution has left it. Source: hashicorp/terraform-provider-aws#40905; aws/aws-cdk#34629.
      { parent: this, replaceOnChanges: ["*"] },
    );
  }

  /** Standard logging (v2): CloudWatch Logs delivers, from one region for all, into a bucket anywhere. */
  private log(
    name: string,
    { arn }: aws.cloudfront.Distribution,
    { stackName, logBucketArn }: DistributionArgs,
  ): void {
    const [region, child] = [VIEWER_REGION, { parent: this }];
    const source = new aws.cloudwatch.LogDeliverySource(
      name,
      { region, name: stackName, logType: "ACCESS_LOGS", resourceArn: arn },
      child,
    );
    const destination = new aws.cloudwatch.LogDeliveryDestination(
      name,
      {
        region,
        name: stackName,
        outputFormat: "json",
        deliveryDestinationConfiguration: { destinationResourceArn: logBucketArn },
      },
      child,
    );
    new aws.cloudwatch.LogDelivery(
      name,
      {
        region,
        deliverySourceName: source.name,
        deliveryDestinationArn: destination.arn,
        recordFields: [...LOG_FIELDS],
      },
      child,
    );
  }
}
