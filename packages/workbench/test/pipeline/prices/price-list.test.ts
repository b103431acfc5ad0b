import { expect } from "chai";
import data from "../../../src/plan/prices/prices.json" with { type: "json" };
import {
  offerUrl,
  PLACES,
  priceIn,
  type OfferFile,
} from "../../../src/pipeline/prices/price-list.ts";
import { updated } from "../../../src/pipeline/prices/table.ts";

/** In the format of AWS's price list, version v1.0: products by SKU, terms by SKU and offer term. */
function offer(
  ...products: [usagetype: string, operation: string, ...tiers: [string, string][]][]
): OfferFile {
  const entries = products.map(([usagetype, operation, ...tiers], index) => {
    const sku = `SKU${index}`;
    const dimensions = tiers.map(([beginRange, USD], tier) => [
      `${sku}.JRTCKXETXF.${tier}`,
      { unit: "Hrs", beginRange, endRange: "Inf", pricePerUnit: { USD } },
    ]);
    return {
      product: [sku, { sku, productFamily: "x", attributes: { usagetype, operation } }],
      term: [
        sku,
        { [`${sku}.JRTCKXETXF`]: { priceDimensions: Object.fromEntries(dimensions) as object } },
      ],
    };
  });
  return {
    products: Object.fromEntries(entries.map(({ product }) => product)) as OfferFile["products"],
    terms: {
      OnDemand: Object.fromEntries(entries.map(({ term }) => term)) as NonNullable<
        OfferFile["terms"]["OnDemand"]
      >,
    },
  };
}

describe("AWS's price list", () => {
  it("has one file for each offer and region", () => {
    expect(offerUrl("AmazonECS", "eu-west-1")).to.equal(
      "https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonECS/current/eu-west-1/index.json",
    );
  });

  it("a price is found by usage type and operation, with and without the region's code", () => {
    const file = offer(
      ["EU-Fargate-vCPU-Hours:perCPU", "", ["0", "0.0404800000"]],
      ["EU-Fargate-ARM-vCPU-Hours:perCPU", "", ["0", "0.0323800000"]],
      ["LoadBalancerUsage", "LoadBalancing:Application", ["0", "0.0225000000"]],
      ["LoadBalancerUsage", "LoadBalancing:Gateway", ["0", "0.0125000000"]],
    );

    expect(priceIn(file, "fargate-amd64-vcpu")).to.equal(0.04048);
    expect(priceIn(file, "fargate-arm64-vcpu")).to.equal(0.03238);
    expect(priceIn(file, "alb")).to.equal(0.0225);
    expect(priceIn(file, "nlb")).to.equal(undefined);
  });

  it("of tiers the first that costs something counts; requests are priced by the million", () => {
    const file = offer(
      ["EU-TimedStorage-ByteHrs", "", ["25", "0.2830000000"], ["0", "0.0000000000"]],
      ["EU-WriteRequestUnits", "PayPerRequestThroughput", ["0", "0.0000007050"]],
    );

    expect(priceIn(file, "dynamodb-storage")).to.equal(0.283);
    expect(priceIn(file, "dynamodb-write")).to.equal(0.705);
  });

  it("products that differ in price are not chosen among", () => {
    const file = offer(["A-KMS-Keys", "", ["0", "1"]], ["B-KMS-Keys", "", ["0", "2"]]);

    expect(priceIn(file, "kms-key")).to.equal(undefined);
  });

  it("every place is that of a row", () => {
    expect(Object.keys(data.prices)).to.include.members(Object.keys(PLACES));
  });

  it("a price that was read has its file as source; the rest of the table stays", () => {
    const next = updated(data, {
      id: "alb",
      region: "us-west-2",
      usd: 0.03,
      offer: "AWSELB",
      url: "https://x",
    });

    expect(next.prices["alb"]).to.deep.equal({
      ...data.prices.alb,
      usd: { ...data.prices.alb.usd, "us-west-2": 0.03 },
      read: { ...data.prices.alb.read, "us-west-2": "AWSELB us-west-2" },
    });
    expect(next.sources).to.deep.equal({ ...data.sources, "AWSELB us-west-2": "https://x" });
    expect({ ...next.prices, alb: 0 }).to.deep.equal({ ...data.prices, alb: 0 });
  });
});
