import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { guardTraffic } from "../../../components/load-balancer/traffic-guard.ts";

describe("guardTraffic", () => {
  const saved = { ...process.env };

  afterEach(() => {
    process.env = { ...saved };
  });

  async function refusal(endpoint: string): Promise<unknown> {
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_MAX_ATTEMPTS: "1",
    });
    const output = guardTraffic({ region: "eu-west-1" }, pulumi.output("listener"), [], "value");
    return (output as unknown as { promise(): Promise<string> })
      .promise()
      .catch((thrown: unknown) => thrown);
  }

  // Port 9 (discard) is closed on this machine; a name with two addresses fails with an error that says nothing itself.
  for (const host of ["127.0.0.1", "localhost"])
    it(`says in one sentence that the network to AWS fails: ${host}`, async () => {
      const error = await refusal(`http://${host}:9`);
      expect(pulumi.RunError.isInstance(error)).to.be.true;
      expect((error as Error).message).to.match(
        /^which target group carries the traffic could not be asked of Elastic Load Balancing in eu-west-1, so the listener's rule was not touched: connect ECONNREFUSED \S+:9\. Check the network and the credentials, and run it again\.$/,
      );
    });
});
