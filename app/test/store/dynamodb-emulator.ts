import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { StoreConfig } from "../../src/store/store.ts";
import { freePort } from "../helpers/process.ts";

/** Version that the tests were written against. */
const PACKAGE = "ministack==1.5.33";
const START_MILLISECONDS = 90_000;
const REGION = "us-east-1";

/** A DynamoDB emulator, started for one test file. */
export interface Emulator {
  readonly endpoint: string;
  /** Of the tables; those of another region are others. */
  readonly region: string;
  /** Makes an empty table with the keys `pk` and `sk`; returns its name. */
  readonly createTable: () => Promise<string>;
  /** All items of a table: names with values such as `{ S: "text" }`. */
  readonly items: (tableName: string) => Promise<Record<string, { S?: string; N?: string }>[]>;
  readonly stop: () => Promise<void>;
}

/** The emulator on a busy machine takes seconds for what DynamoDB answers in milliseconds. */
export function emulatorConfig(dynamodbEndpoint: string, tableName: string): StoreConfig {
  return { store: "dynamodb", dataDir: "", tableName, dynamodbEndpoint, storeTimeoutSeconds: 45 };
}

/**
 * Starts the emulator `ministack` on a free port of 127.0.0.1: the one of $MINISTACK or PATH, or a copy that is installed
 * once into the temporary folder. Undefined where neither is to be had: tests are skipped then.
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
  const ended = once(child, "exit").catch(() => undefined);
  // Not to outlive a test run that ends without its hooks.
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async (): Promise<void> => {
    process.removeListener("exit", kill);
    kill();
    await ended;
  };
  const endpoint = `http://127.0.0.1:${String(port)}`;
  if (!(await answers(endpoint, ended))) {
    await stop();
    return undefined;
  }
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
    items: async (TableName) =>
      ((await call(endpoint, "Scan", { TableName })) as { Items: Record<string, object>[] }).Items,
    stop,
  };
}

interface Command {
  readonly file: string;
  readonly args: string[];
  readonly env: NodeJS.ProcessEnv;
}

async function findCommand(): Promise<Command | undefined> {
  const folders = (process.env["PATH"] ?? "").split(path.delimiter);
  const own = process.env["MINISTACK"] ?? "";
  const installed = [own, ...folders.map((folder) => path.join(folder, "ministack"))];
  const file = installed.find((candidate) => candidate !== "" && existsSync(candidate));
  if (file !== undefined) return { file, args: [], env: {} };
  const folder = path.join(tmpdir(), `koa-fargate-${PACKAGE}-${String(userInfo().uid)}`);
  if (!existsSync(folder) && !(await install(folder))) return undefined;
  return { file: "python3", args: ["-m", "ministack"], env: { PYTHONPATH: folder } };
}

/** Installs beside, then renames: runs that install at the same time never see half a copy. */
async function install(folder: string): Promise<boolean> {
  const draft = `${folder}.${String(process.pid)}`;
  const options = "-q --disable-pip-version-check --no-input --retries 1 --timeout 5";
  const args = ["-m", "pip", "install", ...options.split(" "), "--target", draft];
  try {
    await mkdir(draft, { recursive: true });
    await promisify(execFile)("python3", [...args, PACKAGE, "docker"], { timeout: 60_000 });
    await rename(draft, folder);
    return true;
  } catch {
    await rm(draft, { recursive: true, force: true });
    return existsSync(folder);
  }
}

async function answers(endpoint: string, ended: Promise<unknown>): Promise<boolean> {
  const gone = ended.then(() => "gone");
  for (const deadline = Date.now() + START_MILLISECONDS; Date.now() < deadline;) {
    const signal = AbortSignal.timeout(1000);
    const answer = await fetch(`${endpoint}/_ministack/health`, { signal }).catch(() => undefined);
    if (answer !== undefined) return true;
    if ((await Promise.race([gone, sleep(50)])) === "gone") return false;
  }
  return false;
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
