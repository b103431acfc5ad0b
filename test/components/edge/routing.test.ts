import { expect } from "chai";
import { routes, type Route, type RoutingArgs } from "../../../components/edge/routing.ts";

const base: RoutingArgs = {
  routing: "simple",
  routingWeight: 100,
  failoverRole: "primary",
  geolocations: [],
  region: "eu-west-1",
  stackName: "koa-eu",
};
const of = (args: Partial<RoutingArgs>): Route[] => routes({ ...base, ...args });

describe("routes of a name", () => {
  it("simple: one record without an identifier", () => {
    expect(of({})).to.deep.equal([{ suffix: "", policy: {} }]);
  });

  it("weighted: its weight, down to none", () => {
    expect(of({ routing: "weighted", routingWeight: 0 })).to.deep.equal([
      {
        suffix: "",
        policy: { setIdentifier: "koa-eu", weightedRoutingPolicies: [{ weight: 0 }] },
      },
    ]);
  });

  it("latency: measured from the stack's region", () => {
    expect(of({ routing: "latency" })).to.deep.equal([
      {
        suffix: "",
        policy: { setIdentifier: "koa-eu", latencyRoutingPolicies: [{ region: "eu-west-1" }] },
      },
    ]);
  });

  for (const failoverRole of ["primary", "secondary"] as const)
    it(`failover: ${failoverRole}`, () => {
      expect(of({ routing: "failover", failoverRole })).to.deep.equal([
        {
          suffix: "",
          policy: {
            setIdentifier: "koa-eu",
            failoverRoutingPolicies: [{ type: failoverRole.toUpperCase() }],
          },
        },
      ]);
    });

  it("geolocation: a record for each place, the default first and under the plain name", () => {
    const geolocations = ["continent:EU", "default", "country:US-CA", "country:DE"];

    expect(of({ routing: "geolocation", geolocations })).to.deep.equal([
      {
        suffix: "",
        policy: { setIdentifier: "koa-eu", geolocationRoutingPolicies: [{ country: "*" }] },
      },
      {
        suffix: "-continent-eu",
        policy: {
          setIdentifier: "koa-eu-continent-eu",
          geolocationRoutingPolicies: [{ continent: "EU" }],
        },
      },
      {
        suffix: "-country-us-ca",
        policy: {
          setIdentifier: "koa-eu-country-us-ca",
          geolocationRoutingPolicies: [{ country: "US", subdivision: "CA" }],
        },
      },
      {
        suffix: "-country-de",
        policy: {
          setIdentifier: "koa-eu-country-de",
          geolocationRoutingPolicies: [{ country: "DE" }],
        },
      },
    ]);
  });
});
