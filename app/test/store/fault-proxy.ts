import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";

/** What happens to one call on its way to the emulator. */
export type Fault =
  /** Carried out, with another body if one is given, but the connection breaks before the answer. */
  | { readonly kind: "lose-answer"; readonly body?: object }
  /** Never carried out, never answered. */
  | { readonly kind: "hang" }
  /** Answered with a failure, and carried out when `release` resolves. */
  | { readonly kind: "late"; readonly release: Promise<void> }
  /** Carried out and answered when `until` resolves. */
  | { readonly kind: "delay"; readonly until: Promise<void> }
  /** Not carried out, answered so. */
  | { readonly kind: "answer"; readonly status: number; readonly body: object }
  /** Carried out with another body; the answer is changed by `answer`. */
  | {
      readonly kind: "change";
      readonly body: object;
      readonly answer?: (answer: object) => object;
    };

export interface Call {
  /** E.g. `TransactWriteItems`. */
  readonly operation: string;
  readonly body: Record<string, unknown>;
}

/** A proxy before the emulator that spoils calls. */
export interface FaultProxy {
  readonly endpoint: string;
  /** Calls so far. */
  readonly calls: Call[];
  /** Decides about each call; undefined lets it through. */
  rule: (call: Call) => Fault | undefined;
  /** Resolves when no call is on its way, those that were answered already included. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const HOP_HEADERS = new Set(["host", "connection", "content-length"]);

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const underWay = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const handled = handle(request, response)
      .catch(() => {
        // The client has gone.
        request.socket.destroy();
      })
      .finally(() => underWay.delete(handled));
    underWay.add(handled);
  });
  const calls: Call[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    const call: Call = {
      operation,
      body: JSON.parse(await text(request)) as Record<string, unknown>,
    };
    calls.push(call);
    const fault = proxy.rule(call);
    const forward = async (body: object): Promise<{ status: number; text: string }> => {
      const headers = Object.entries(request.headers).filter(
        ([name]) => !HOP_HEADERS.has(name),
      ) as [string, string][];
      const answer = await fetch(target, { method: "POST", headers, body: JSON.stringify(body) });
      return { status: answer.status, text: await answer.text() };
    };
    const reply = (status: number, body: string): void => {
      response.writeHead(status, { "content-type": "application/x-amz-json-1.0" }).end(body);
    };
    switch (fault?.kind) {
      case "delay":
      case undefined: {
        await fault?.until;
        const answer = await forward(call.body);
        reply(answer.status, answer.text);
        return;
      }
      case "lose-answer":
        await forward(fault.body ?? call.body);
        request.socket.destroy();
        return;
      case "hang":
        return;
      case "late":
        reply(
          500,
          JSON.stringify({
            __type: "com.amazonaws.dynamodb.v20120810#InternalServerError",
            message: "spoilt",
          }),
        );
        await fault.release;
        await forward(call.body);
        return;
      case "answer":
        reply(fault.status, JSON.stringify(fault.body));
        return;
      case "change": {
        const answer = await forward(fault.body);
        const changed = fault.answer?.(JSON.parse(answer.text) as object);
        reply(answer.status, changed === undefined ? answer.text : JSON.stringify(changed));
      }
    }
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const proxy: FaultProxy = {
    endpoint: `http://127.0.0.1:${String(port)}`,
    calls,
    rule: () => undefined,
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return proxy;
}

/** Answer of DynamoDB to a call that it refuses for its rate. */
export const THROTTLED: Fault = {
  kind: "answer",
  status: 400,
  body: {
    __type: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
    message: "The level of configured provisioned throughput for the table was exceeded.",
  },
};

export const SERVER_ERROR: Fault = {
  kind: "answer",
  status: 500,
  body: { __type: "com.amazonaws.dynamodb.v20120810#InternalServerError", message: "spoilt" },
};

/** Answer of DynamoDB to a transaction that it canceled: codes of the actions that are the reason, by their places. */
export function canceled({ body }: Call, codes: Readonly<Record<number, string>>): Fault {
  const actions = body["TransactItems"] as unknown[];
  return {
    kind: "answer",
    status: 400,
    body: {
      __type: "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
      message: "Transaction cancelled",
      CancellationReasons: actions.map((_, at) => ({ Code: codes[at] ?? "None" })),
    },
  };
}

/** Reads half of the keys of a BatchGetItem, and says that the other half was not processed. */
export function halve({ body }: Call): Fault {
  const [table, request] = Object.entries(
    body["RequestItems"] as Record<string, { Keys: object[] }>,
  )[0] ?? ["", { Keys: [] }];
  const middle = Math.floor(request.Keys.length / 2);
  const part = (keys: object[]): object => ({ [table]: { ...request, Keys: keys } });
  if (middle === 0) return { kind: "change", body };
  return {
    kind: "change",
    body: { ...body, RequestItems: part(request.Keys.slice(0, middle)) },
    answer: (answer) => ({ ...answer, UnprocessedKeys: part(request.Keys.slice(middle)) }),
  };
}
