/** What AWS refuses by what else there is, as far as a change of the front door or of what is kept meets it. */

interface Known {
  type: string;
  id: string;
  properties: Record<string, unknown>;
}

const VPC_ORIGIN = "aws:cloudfront/vpcOrigin:VpcOrigin";
const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const LISTENER = "aws:lb/listener:Listener";
const RULE = "aws:lb/listenerRule:ListenerRule";
const TABLE = "aws:dynamodb/table:Table";
const BUCKET = "aws:s3/bucket:Bucket";
const OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2";

/** Types whose replacement has another id while the old one is there; the plan's is the same for one URN. */
const REPLACED = new Set([
  VPC_ORIGIN,
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
]);

interface Forward {
  forward?: { targetGroups?: { arn: string }[] };
}

/** What stands, and what it keeps from changing. */
export class Standing {
  private readonly all: Known[] = [];
  private made = 0;

  /** The id of a new resource: of some types another one each time. */
  idOf(type: string, id: string): string {
    return REPLACED.has(type) ? `${id}${++this.made}` : id;
  }

  /** @throws as AWS does where it may not be made or changed */
  write(type: string, id: string, properties: Record<string, unknown>, isNew: boolean): void {
    // Source: hashicorp/terraform-provider-aws#40905; aws/aws-cdk#34629, for tags.
    if (type === VPC_ORIGIN && !isNew) this.refuseUsed(id, "CannotUpdateEntityWhileInUse");
    if (type === RULE) this.refuseShared(id, properties);
    if (type === DISTRIBUTION) refuseUncertified(properties);
    if (type === TABLE) this.refuseUnstreamed(id, properties);
    if (type === OBJECT) this.refuseHomeless(properties);
    this.forget(type, id);
    this.all.push({ type, id, properties });
  }

  /** @throws as AWS does where it may not be deleted */
  delete(type: string, id: string): void {
    if (type === VPC_ORIGIN) this.refuseUsed(id, "CannotDeleteEntityWhileInUse");
    if (type === BUCKET) this.empty(id);
    this.forget(type, id);
  }

  /** What lies in the buckets: `<bucket>/<key>`, sorted. */
  objects(): string[] {
    return this.all
      .filter(({ type }) => type === OBJECT)
      .map(({ properties }) => `${String(properties["bucket"])}/${String(properties["key"])}`)
      .sort();
  }

  private forget(type: string, id: string): void {
    const index = this.all.findIndex((known) => known.type === type && known.id === id);
    if (index >= 0) this.all.splice(index, 1);
  }

  private refuseUsed(id: string, code: string): void {
    const used = this.all.some(
      ({ type, properties }) => type === DISTRIBUTION && JSON.stringify(properties).includes(id),
    );
    if (used)
      throw new Error(
        `${code}: The specified VPC origin is currently associated with one or more distributions. Please disassociate the VPC origin from all distributions before updating or deleting`,
      );
  }

  /** The provider asks for the stream before it deletes replicas. Source: hashicorp/terraform-provider-aws#34450. */
  private refuseUnstreamed(id: string, table: Record<string, unknown>): void {
    const before = this.all.find((known) => known.type === TABLE && known.id === id);
    const replicas = (before?.properties["replicas"] ?? []) as unknown[];
    if (replicas.length > 0 && table["streamEnabled"] !== true)
      throw new Error(
        "ValidationException: One or more parameter values were invalid: Disabling Stream is not allowed for a Global Table replica.",
      );
  }

  /** Source: AWS, "Error responses", Amazon S3 API Reference: NoSuchBucket. */
  private refuseHomeless({ bucket }: Record<string, unknown>): void {
    if (!this.all.some(({ type, id }) => type === BUCKET && id === bucket))
      throw new Error(`NoSuchBucket: The specified bucket does not exist: ${String(bucket)}`);
  }

  /** Takes everything out of a bucket that goes, where it may. Source: as above, BucketNotEmpty; the provider, `force_destroy`. */
  private empty(id: string): void {
    const bucket = this.all.find((known) => known.type === BUCKET && known.id === id);
    const inside = this.all.filter(
      ({ type, properties }) => type === OBJECT && properties["bucket"] === id,
    );
    if (inside.length > 0 && bucket?.properties["forceDestroy"] !== true)
      throw new Error("BucketNotEmpty: The bucket you tried to delete is not empty.");
    for (const one of inside) this.forget(OBJECT, one.id);
  }

  /** Source: hashicorp/terraform-provider-aws#22005. */
  private refuseShared(id: string, rule: Record<string, unknown>): void {
    const balancer = this.balancerOf(rule);
    const groups = groupsOf(rule);
    const shared = this.all.some(
      (other) =>
        other.type === RULE &&
        other.id !== id &&
        this.balancerOf(other.properties) !== balancer &&
        groupsOf(other.properties).some((arn) => groups.includes(arn)),
    );
    if (shared)
      throw new Error(
        "TargetGroupAssociationLimit: The following target groups cannot be associated with more than one load balancer",
      );
  }

  private balancerOf({ listenerArn }: Record<string, unknown>): unknown {
    return this.all.find(
      ({ type, properties }) => type === LISTENER && properties["arn"] === listenerArn,
    )?.properties["loadBalancerArn"];
  }
}

const groupsOf = ({ actions }: Record<string, unknown>): string[] =>
  (actions as Forward[]).flatMap(({ forward }) =>
    (forward?.targetGroups ?? []).map(({ arn }) => arn),
  );

/** Source: AWS, CreateDistribution, Amazon CloudFront API Reference: InvalidViewerCertificate. */
function refuseUncertified({ aliases, viewerCertificate }: Record<string, unknown>): void {
  const { acmCertificateArn = "" } = viewerCertificate as { acmCertificateArn?: string };
  if ((aliases as string[]).length > 0 && !acmCertificateArn.startsWith("arn:aws:acm:us-east-1:"))
    throw new Error(
      "InvalidViewerCertificate: The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or doesn't include a valid certificate chain.",
    );
}
