import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { validationRecord } from "./validation.ts";

export interface DomainArgs {
  /** A public hosted zone: its id, or its name, which has a dot. */
  hostedZone: string;
  /** Whether the zone is created, by its name. */
  createHostedZone: boolean;
  /** Host names of callers, in the zone; the first has 64 characters at most. */
  hostNames: readonly string[];
  /** Certificate that covers the names already; empty for one that is made here. */
  certificateArn: string;
  /** Region that CloudFront takes its certificate from. @default - it does not stand before the load balancer */
  viewerRegion?: string | undefined;
  deletionProtection: boolean;
}

/** Seconds that resolvers may keep what proves the names. */
const VALIDATION_TTL = 300;

/**
 * The hosted zone of a stack's names and their certificate, which is issued before anything uses it and renews itself.
 * Cost: the certificate is free; a zone that is created costs 0.50 USD a month.
 */
export class Domain extends pulumi.ComponentResource {
  readonly zoneId: pulumi.Output<string>;
  /** Of a zone that is created: what its registrar, or the zone above it, has to name. */
  readonly nameServers: pulumi.Output<string[]> | undefined;
  /** Of the load balancer, once it is issued; empty where one that exists is CloudFront's. */
  readonly certificateArn: pulumi.Input<string>;
  /** Of CloudFront, likewise. @default - it does not stand before the load balancer */
  readonly viewerCertificateArn: pulumi.Input<string> | undefined;

  constructor(name: string, args: DomainArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:edge:Domain", name, {}, opts);

    const zone = args.createHostedZone ? this.zone(name, args) : undefined;
    this.zoneId = zone?.zoneId ?? this.existing(args.hostedZone);
    this.nameServers = zone?.nameServers;
    const { certificateArn, viewerRegion } = args;
    const made = certificateArn === "" ? this.certificates(name, args) : undefined;
    this.certificateArn = made?.own ?? (viewerRegion === undefined ? certificateArn : "");
    this.viewerCertificateArn =
      viewerRegion === undefined ? undefined : (made?.viewers ?? certificateArn);
    this.registerOutputs({ zoneId: this.zoneId, certificateArn: this.certificateArn });
  }

  private zone(name: string, { hostedZone, deletionProtection }: DomainArgs): aws.route53.Zone {
    const zone = new aws.route53.Zone(
      name,
      { name: hostedZone },
      // A new zone has other name servers, which the registrar does not know.
      { parent: this, protect: deletionProtection, retainOnDelete: deletionProtection },
    );
    // Outputs show when the deployment has ended, but the certificate waits for the delegation meanwhile.
    zone.nameServers.apply((servers) => {
      if (!pulumi.runtime.isDryRun())
        void pulumi.log.info(
          `${hostedZone} has to be delegated to ${servers.join(", ")}: enter these as its name servers at the registrar, or as NS records in the zone above. Its certificate waits for that, up to 75 minutes.`,
          zone,
        );
    });
    return zone;
  }

  private existing(hostedZone: string): pulumi.Output<string> {
    if (!hostedZone.includes(".")) return pulumi.output(hostedZone);
    return aws.route53.getZoneOutput({ name: hostedZone, privateZone: false }, { parent: this })
      .zoneId;
  }

  /** A name that comes or goes makes a new certificate, which its user takes before the old one is deleted. */
  private certificates(
    name: string,
    { hostNames, viewerRegion, createHostedZone }: DomainArgs,
  ): { own: pulumi.Output<string>; viewers: pulumi.Output<string> | undefined } {
    const [domainName = "", ...subjectAlternativeNames] = hostNames;
    const request = (id: string, region?: string): aws.acm.Certificate =>
      new aws.acm.Certificate(
        id,
        { region, domainName, subjectAlternativeNames, validationMethod: "DNS" },
        { parent: this },
      );
    const own = request(name);
    const records = hostNames.map((host) => {
      const record = own.domainValidationOptions.apply((all) => validationRecord(all, host));
      return new aws.route53.Record(
        // By the host, not by its place in the list: a record that changed its place would delete another's.
        `${name}-${host}`,
        {
          zoneId: this.zoneId,
          name: record.resourceRecordName,
          type: record.resourceRecordType,
          records: [record.resourceRecordValue],
          ttl: VALIDATION_TTL,
          // An account's certificates of one name share the record, whatever their region: the second stack finds it there,
          // and the first that goes leaves it behind, for the other's certificate could not be renewed without.
          // Source: AWS, "DNS validation", AWS Certificate Manager User Guide.
          allowOverwrite: true,
        },
        { parent: this, retainOnDelete: !createHostedZone },
      );
    });
    const validationRecordFqdns = records.map(({ fqdn }) => fqdn);
    const issued = (id: string, { arn: certificateArn }: aws.acm.Certificate, region?: string) =>
      new aws.acm.CertificateValidation(
        id,
        { region, certificateArn, validationRecordFqdns },
        { parent: this },
      ).certificateArn;
    const viewer = `${name}-viewer`;
    return {
      own: issued(name, own),
      viewers:
        viewerRegion === undefined
          ? undefined
          : issued(viewer, request(viewer, viewerRegion), viewerRegion),
    };
  }
}
