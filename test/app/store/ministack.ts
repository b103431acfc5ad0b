import type { ChildProcess } from "node:child_process";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Version that the tests were written against. */
const PACKAGE = "ministack==1.5.33";
const START_TIMEOUT = 15_000;

/** A DynamoDB emulator, started for one test file. */
export interface Emulator {
  readonly endpoint: string;
  /** Makes an empty table with the keys `pk` and `sk`; returns its name. */
  readonly createTable: () => Promise<string>;
  /** Number of items of a table whose sort key begins so. */
  readonly count: (tableName: string, sortKeyPrefix: string) => Promise<number>;
  readonly stop: () => Promise<void>;
}

interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Starts the emulator `ministack` on a free port of 127.0.0.1: the one of $MINISTACK or PATH, or a copy that is installed
 * once into the temporary folder. Undefined where none of them works.
 */
export async function startEmulator(): Promise<Emulator | undefined> {
  const command = await findCommand();
  if (command === undefined) return undefined;
  const port = await freePort();
  const child = spawn(command.file, command.args, {
    stdio: "ignore",
    env: {
      ...process.env,
      ...command.env,
      GATEWAY_PORT: String(port),
      BIND_HOST: "127.0.0.1",
      SERVICES: "dynamodb",
      LOG_LEVEL: "ERROR",
      // It would look for containers of its own to remove.
      DOCKER_HOST: "unix:///nonexistent/docker.sock",
    },
  });
  // Not to outlive a test run that ends without its hooks.
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const endpoint = `http://127.0.0.1:${String(port)}`;
  if (!(await answers(endpoint, child))) {
    kill();
    return undefined;
  }
  // The emulator takes any credentials, the SDK none at all.
  process.env["AWS_ACCESS_KEY_ID"] ??= "test";
  process.env["AWS_SECRET_ACCESS_KEY"] ??= "test";
  process.env["AWS_REGION"] ??= "us-east-1";
  let tables = 0;
  return {
    endpoint,
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
    stop: async () => {
      process.removeListener("exit", kill);
      kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    },
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
      authorization:
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The emulator refused ${operation}: ${await response.text()}`);
  return response.json();
}

async function findCommand(): Promise<Command | undefined> {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  for (const file of [
    process.env["MINISTACK"],
    ...folders.map((folder) => join(folder, "ministack")),
  ]) {
    if (file !== undefined && file !== "" && (await exists(file)))
      return { file, args: [], env: {} };
  }
  const folder = join(tmpdir(), `koa-fargate-${PACKAGE}-${String(process.getuid?.() ?? 0)}`);
  if (!(await exists(folder)) && !(await install(folder))) return undefined;
  return { file: "python3", args: ["-m", "ministack"], env: { PYTHONPATH: folder } };
}

/** Installs beside, then renames: runs that install at the same time never see half a copy. */
async function install(folder: string): Promise<boolean> {
  const draft = `${folder}.${String(process.pid)}`;
  const options = [
    "-q",
    "--disable-pip-version-check",
    "--no-input",
    "--retries",
    "1",
    "--timeout",
    "5",
  ];
  try {
    await mkdir(draft, { recursive: true });
    await run(
      "python3",
      ["-m", "pip", "install", ...options, "--target", draft, PACKAGE, "docker"],
      { timeout: 60_000 },
    );
    await rename(draft, folder);
    return true;
  } catch {
    await rm(draft, { recursive: true, force: true });
    return exists(folder);
  }
}

async function answers(endpoint: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + START_TIMEOUT;
  // Without a listener, a command that cannot be started would end the test run.
  child.once("error", () => undefined);
  while (Date.now() < deadline && child.exitCode === null && child.pid !== undefined) {
    try {
      await fetch(`${endpoint}/_ministack/health`, { signal: AbortSignal.timeout(1000) });
      return true;
    } catch {
      await sleep(50);
    }
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
