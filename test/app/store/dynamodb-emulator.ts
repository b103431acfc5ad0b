import { startMinistack } from "../../helpers/ministack.ts";

const REGION = "us-east-1";

/** A DynamoDB emulator, started for one test file. */
export interface Emulator {
  readonly endpoint: string;
  /** Of the tables; those of another region are others. */
  readonly region: string;
  /** Makes an empty table with the keys `pk` and `sk`; returns its name. */
  readonly createTable: () => Promise<string>;
  /** Number of items of a table whose sort key begins so. */
  readonly count: (tableName: string, sortKeyPrefix: string) => Promise<number>;
  readonly stop: () => Promise<void>;
}

/** Undefined where the emulator is not to be had. */
export async function startEmulator(): Promise<Emulator | undefined> {
  const emulator = await startMinistack("dynamodb", {
    // It would look for containers of its own to remove.
    DOCKER_HOST: "unix:///nonexistent/docker.sock",
  });
  if (emulator === undefined) return undefined;
  const { endpoint, stop } = emulator;
  // The emulator takes any credentials, the SDK none at all.
  process.env["AWS_ACCESS_KEY_ID"] = "test";
  process.env["AWS_SECRET_ACCESS_KEY"] = "test";
  process.env["AWS_REGION"] = REGION;
  let tables = 0;
  return {
    endpoint,
    region: REGION,
    createTable: async () => {
      const name = `events-${String(++tables)}`;
      await createTable(endpoint, name);
      return name;
    },
    count: async (TableName, prefix) => {
      const scan = {
        TableName,
        FilterExpression: "begins_with(sk, :p)",
        ExpressionAttributeValues: { ":p": { S: prefix } },
      };
      return ((await call(endpoint, "Scan", scan)) as { Count: number }).Count;
    },
    stop,
  };
}

async function createTable(endpoint: string, name: string): Promise<void> {
  await call(endpoint, "CreateTable", {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    AttributeDefinitions: [
      { AttributeName: "pk", AttributeType: "S" },
      { AttributeName: "sk", AttributeType: "S" },
    ],
  });
}

/** Without the SDK, which belongs to the app. */
async function call(endpoint: string, operation: string, body: object): Promise<unknown> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": `DynamoDB_20120810.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${REGION}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The emulator refused ${operation}: ${await response.text()}`);
  return response.json();
}
