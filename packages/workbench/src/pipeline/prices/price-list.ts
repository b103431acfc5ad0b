import type { PriceId } from "../../plan/prices/prices.ts";

/** Where AWS's public price list has a price: the code of the offer, and what names the product within it. */
interface Place {
  offer: string;
  /** End of the usage type, which begins with a region's code but in us-east-1: `EU-NatGateway-Hours`. */
  usage: RegExp;
  /** Operation of the product, where the usage type alone is not enough. */
  operation?: RegExp;
}

const APPLICATION = /^LoadBalancing:Application$/;
const PER_REQUEST = /^PayPerRequestThroughput$/;

/** Rows that the refresh reads; one that is not here, or that is not found, is kept as it is. */
export const PLACES: Readonly<Partial<Record<PriceId, Place>>> = {
  "fargate-amd64-vcpu": { offer: "AmazonECS", usage: /Fargate-vCPU-Hours:perCPU$/ },
  "fargate-amd64-memory": { offer: "AmazonECS", usage: /Fargate-GB-Hours$/ },
  "fargate-arm64-vcpu": { offer: "AmazonECS", usage: /Fargate-ARM-vCPU-Hours:perCPU$/ },
  "fargate-arm64-memory": { offer: "AmazonECS", usage: /Fargate-ARM-GB-Hours$/ },
  "fargate-storage": { offer: "AmazonECS", usage: /Fargate-EphemeralStorage-GB-Hours$/ },
  alb: { offer: "AWSELB", usage: /LoadBalancerUsage$/, operation: APPLICATION },
  "alb-capacity-unit": { offer: "AWSELB", usage: /LCUUsage$/, operation: APPLICATION },
  nlb: {
    offer: "AWSELB",
    usage: /LoadBalancerUsage$/,
    operation: /^LoadBalancing:Network$/,
  },
  "public-ipv4": { offer: "AmazonVPC", usage: /PublicIPv4:InUseAddress$/ },
  "interface-endpoint": {
    offer: "AmazonVPC",
    usage: /VpcEndpoint-Hours$/,
    operation: /^VpcEndpoint$/,
  },
  "registry-storage": { offer: "AmazonECR", usage: /TimedStorage-ByteHrs$/ },
  "s3-storage": { offer: "AmazonS3", usage: /(^|-)TimedStorage-ByteHrs$/ },
  "dynamodb-write": {
    offer: "AmazonDynamoDB",
    usage: /(^|-)WriteRequestUnits$/,
    operation: PER_REQUEST,
  },
  "dynamodb-read": {
    offer: "AmazonDynamoDB",
    usage: /(^|-)ReadRequestUnits$/,
    operation: PER_REQUEST,
  },
  "dynamodb-storage": { offer: "AmazonDynamoDB", usage: /(^|-)TimedStorage-ByteHrs$/ },
  "dynamodb-recovery": { offer: "AmazonDynamoDB", usage: /TimedPITRStorage-ByteHrs$/ },
  "kms-key": { offer: "awskms", usage: /KMS-Keys$/ },
  "logs-ingested": {
    offer: "AmazonCloudWatch",
    usage: /(^|-)DataProcessing-Bytes$/,
    operation: /^PutLogEvents$/,
  },
  "logs-stored": { offer: "AmazonCloudWatch", usage: /(^|-)TimedStorage-ByteHrs$/ },
  alarm: { offer: "AmazonCloudWatch", usage: /(^|-)CW:AlarmMonitorUsage$/ },
  "web-acl": { offer: "awswaf", usage: /WebACLV2$/ },
  "web-acl-rule": { offer: "awswaf", usage: /RuleV2$/ },
  secret: { offer: "AWSSecretsManager", usage: /AWSSecretsManager-Secrets$/ },
};

/** Prices by the million in the table, which the list has for one. */
const PER_MILLION = new Set<PriceId>(["dynamodb-write", "dynamodb-read"]);

/**
 * The part of an offer's file that is read. Format:
 * https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html
 */
export interface OfferFile {
  products: Readonly<Record<string, { sku: string; attributes: Readonly<Record<string, string>> }>>;
  terms: { OnDemand?: Readonly<Record<string, Readonly<Record<string, Term>>>> };
}

interface Term {
  priceDimensions: Readonly<
    Record<string, { beginRange?: string; pricePerUnit: { USD?: string } }>
  >;
}

/** Address of an offer's file for one region. */
export function offerUrl(offer: string, region: string): string {
  return `https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/${offer}/current/${region}/index.json`;
}

/**
 * The price of a row in an offer's file: that of the first tier that costs something.
 * @returns USD a unit of the table; undefined where the file has no such product, or several that differ in price
 */
export function priceIn(file: OfferFile, id: PriceId): number | undefined {
  const place = PLACES[id];
  if (place === undefined) return undefined;
  const found = Object.values(file.products)
    .filter(
      ({ attributes }) =>
        place.usage.test(attributes["usagetype"] ?? "") &&
        (place.operation?.test(attributes["operation"] ?? "") ?? true),
    )
    .map(({ sku }) => firstTier(file, sku))
    .filter((usd) => usd !== undefined);
  const [usd, ...others] = new Set(found);
  if (usd === undefined || others.length > 0) return undefined;
  return PER_MILLION.has(id) ? Number((usd * 1e6).toPrecision(12)) : usd;
}

function firstTier({ terms }: OfferFile, sku: string): number | undefined {
  return Object.values(terms.OnDemand?.[sku] ?? {})
    .flatMap(({ priceDimensions }) => Object.values(priceDimensions))
    .map(({ beginRange = "0", pricePerUnit }) => ({
      from: Number(beginRange),
      usd: Number(pricePerUnit.USD ?? NaN),
    }))
    .filter(({ usd }) => usd > 0)
    .sort((a, b) => a.from - b.from)[0]?.usd;
}
