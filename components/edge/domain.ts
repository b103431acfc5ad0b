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
  /** Once it is issued. */
  readonly certificateArn: pulumi.Input<string>;

  constructor(name: string, args: DomainArgs, opts?: pulumi.ComponentResourceOptions) {
    super("koa-fargate:edge:Domain", name, {}, opts);

    const zone = args.createHostedZone ? this.zone(name, args) : undefined;
    this.zoneId = zone?.zoneId ?? this.existing(args.hostedZone);
    this.nameServers = zone?.nameServers;
    this.certificateArn =
      args.certificateArn === "" ? this.certificate(name, args) : args.certificateArn;
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

  /** A name that comes or goes makes a new certificate, which the listener takes before the old one is deleted. */
  private certificate(name: string, args: DomainArgs): pulumi.Output<string> {
    const [domainName = "", ...others] = args.hostNames;
    const certificate = new aws.acm.Certificate(
      name,
      { domainName, subjectAlternativeNames: others, validationMethod: "DNS" },
      { parent: this },
    );
    const records = args.hostNames.map((host) => {
      const record = certificate.domainValidationOptions.apply((all) =>
        validationRecord(all, host),
      );
      return new aws.route53.Record(
        // By the host, not by its place in the list: a record that changed its place would delete another's.
        `${name}-${host}`,
        {
          zoneId: this.zoneId,
          name: record.name,
          type: record.type,
          records: [record.value],
          ttl: VALIDATION_TTL,
          // An account's certificates of one name share the record, whatever their region: the second stack finds it there,
          // and the first that goes leaves it behind, for the other's certificate could not be renewed without.
          // Source: AWS, "DNS validation", AWS Certificate Manager User Guide.
          allowOverwrite: true,
        },
        { parent: this, retainOnDelete: !args.createHostedZone },
      );
    });
    return new aws.acm.CertificateValidation(
      name,
      {
        certificateArn: certificate.arn,
        validationRecordFqdns: records.map(({ fqdn }) => fqdn),
      },
      { parent: this },
    ).certificateArn;
  }
}
