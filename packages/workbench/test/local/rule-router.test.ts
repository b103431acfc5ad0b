import { expect } from "chai";
import type { IncomingMessage } from "node:http";
import { ruleRouter } from "../../src/local/rule-router.ts";

const request = (url: string, host = "127.0.0.1:8080") =>
  ({ url, headers: { host } }) as unknown as IncomingMessage;

describe("ruleRouter", () => {
  const router = ruleRouter("main", [
    { group: "api", rule: { priority: 9, paths: ["/v2", "/v2/*"], hosts: [] } },
    { group: "beta", rule: { priority: 3, paths: ["/v2/beta", "/v2/beta/*"], hosts: [] } },
    { group: "admin", rule: { priority: 5, paths: [], hosts: ["admin.example.com"] } },
  ]);
  const cases: [string, string | undefined, string][] = [
    ["/", undefined, "main"],
    ["/v2", undefined, "api"],
    ["/v2?x=1", undefined, "api"],
    ["/v2/a/b", undefined, "api"],
    ["/v20", undefined, "main"],
    ["/v2/beta/1", undefined, "beta"],
    ["/v2/a", "ADMIN.example.com:8080", "admin"],
    ["/", "adminxexample.com", "main"],
  ];
  for (const [url, host, group] of cases)
    it(`${host ?? ""}${url} -> ${group}`, () => {
      expect(router.choose(request(url, host))).to.equal(group);
    });
});
