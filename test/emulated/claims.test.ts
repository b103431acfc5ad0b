import { expect } from "chai";
import { Claims } from "./claims.ts";

const LISTENER = "aws:lb/listener:Listener";
const RULE = "aws:lb/listenerRule:ListenerRule";
const http = { loadBalancerArn: "balancer", port: 80 };
const rule = { listenerArn: "listener", priority: 200 };

describe("What a load balancer has once", () => {
  it("refuses a second listener on a port, whatever the first one is called", () => {
    const claims = new Claims();
    claims.take(LISTENER, "first", http);
    const refusal =
      "DuplicateListener: A listener already exists on this port for this load balancer 'balancer'";
    expect(() => {
      claims.refuseTaken(LISTENER, http);
    }).to.throw(Error, new RegExp(`^${refusal}$`));
    expect(() => {
      claims.take(LISTENER, "second", http);
    }).to.throw(Error, new RegExp(`^${refusal}$`));
  });

  it("takes another port, another load balancer, and a port that was given up", () => {
    const claims = new Claims();
    claims.take(LISTENER, "first", http);
    claims.take(LISTENER, "tls", { ...http, port: 443 });
    claims.take(LISTENER, "other", { ...http, loadBalancerArn: "other" });
    claims.release("first");
    claims.take(LISTENER, "second", http);
  });

  it("leaves a listener its port when it is updated, and frees the one that it had", () => {
    const claims = new Claims();
    claims.take(LISTENER, "first", http);
    claims.take(LISTENER, "first", http);
    claims.take(LISTENER, "first", { ...http, port: 81 });
    claims.take(LISTENER, "second", http);
  });

  it("refuses a second rule of a listener with a priority", () => {
    const claims = new Claims();
    claims.take(RULE, "first", rule);
    claims.take(RULE, "other", { ...rule, listenerArn: "other" });
    claims.take(RULE, "shifting", { ...rule, priority: 100 });
    expect(() => {
      claims.take(RULE, "second", rule);
    }).to.throw(Error, /^PriorityInUse: Priority '200' is currently in use$/);
  });
});
