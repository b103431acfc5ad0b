import { availableParallelism } from "node:os";

export type LogLevel = "debug" | "info" | "warn" | "error" | "fatal";

/** One API key: the client's name and the SHA-256 of the key (the key itself is never configured). */
export interface ApiKey {
  readonly name: string;
  readonly sha256: Buffer;
}

/** Everything the process takes from its environment, validated once and frozen. */
export interface Config {
  /** Port to listen on; 0 picks a free one. */
  readonly port: number;
  /** Address to listen on; undefined = all interfaces. */
  readonly host: string | undefined;
  readonly keepAliveTimeoutSeconds: number;
  /** How long the process keeps serving after SIGTERM while /readyz already answers 503. */
  readonly drainDelaySeconds: number;
  /** From SIGTERM to the end of the process at the latest. */
  readonly shutdownDeadlineSeconds: number;
  /** Longest time that a request may take, from its header to the end of its answer. */
  readonly requestTimeoutSeconds: number;
  /** Longest that a call waits for the store: less than the request may take, so that the answer names the store. */
  readonly storeTimeoutSeconds: number;
  readonly bodyLimitBytes: number;
  /** Size of the task; undefined outside a task. */
  readonly taskMemoryMiB: number | undefined;
  /** Processes that serve requests. 1 = no cluster. */
  readonly workers: number;
  readonly revision: string;
  readonly commit: string | undefined;
  readonly store: "sqlite" | "dynamodb";
  readonly dataDir: string;
  readonly tableName: string | undefined;
  readonly dynamodbEndpoint: string | undefined;
  readonly logLevel: LogLevel;
  readonly auth: "none" | "api-key";
  readonly apiKeys: readonly ApiKey[];
  /** Requests a minute and client in each process; 0 = no limit. */
  readonly rateLimitPerMinute: number;
  /** A request that takes longer is logged as slow. */
  readonly slowRequestMilliseconds: number;
  /** Requests under way in one process beyond which new ones are shed with 503. */
  readonly maxRequestsInFlight: number;
  /** Namespace of the CloudWatch metrics that leave in the log. */
  readonly metricsNamespace: string;
}

/** The environment was refused; the message lists every problem, one a line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const STORE_SHARE = 0.8;
const LOG_LEVELS = ["debug", "info", "warn", "error", "fatal"] as const;
const API_KEY_ENTRY = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63}):([0-9a-fA-F]{64})$/;

/**
 * Reads the configuration from environment variables.
 * @throws ConfigError naming every refused variable.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const text = (key: string): string | undefined => {
    const value = env[key]?.trim();
    return value === "" ? undefined : value;
  };
  const number = (
    key: string,
    fallback: number,
    min: number,
    max: number,
    whole = true,
  ): number => {
    const value = text(key);
    if (value === undefined) return fallback;
    const parsed = Number(value);
    const kind = whole ? "a whole number" : "a number";
    if (!/^\d+(\.\d+)?$/.test(value) || (whole && !Number.isInteger(parsed))) {
      problems.push(`${key} is "${value}", but has to be ${kind} from ${min} to ${max}.`);
    } else if (parsed < min || parsed > max) {
      problems.push(`${key} is ${value}, but has to be ${kind} from ${min} to ${max}.`);
    } else {
      return parsed;
    }
    return fallback;
  };
  const optionalNumber = (key: string, min: number, max: number): number | undefined =>
    text(key) === undefined ? undefined : number(key, min, min, max);
  const choice = <T extends string>(key: string, fallback: T, choices: readonly T[]): T => {
    const value = text(key);
    if (value === undefined) return fallback;
    const found = choices.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    problems.push(`${key} is "${value}", but has to be one of: ${choices.join(", ")}.`);
    return fallback;
  };

  const store = choice("STORE", "sqlite", ["sqlite", "dynamodb"]);
  const auth = choice("AUTH", "none", ["none", "api-key"]);
  const taskCpuUnits = optionalNumber("TASK_CPU_UNITS", 1, 196_608);
  const workers = number("WORKERS", defaultWorkers(store, taskCpuUnits), 1, 64);
  const drainDelaySeconds = number("DRAIN_DELAY_SECONDS", 2, 0, 600, false);
  const shutdownDeadlineSeconds = number("SHUTDOWN_DEADLINE_SECONDS", 25, 1, 900, false);
  const requestTimeoutSeconds = number("REQUEST_TIMEOUT_SECONDS", 30, 1, 3600, false);
  const tableName = text("TABLE_NAME");
  const apiKeys = readApiKeys(text("API_KEY_HASHES"), problems);

  if (store === "sqlite" && workers > 1) {
    problems.push(
      `WORKERS is ${workers}, but STORE=sqlite has one writer: set WORKERS to 1 or STORE to dynamodb.`,
    );
  }
  if (store === "dynamodb" && tableName === undefined) {
    problems.push("TABLE_NAME is not set, but STORE=dynamodb needs the name of its table.");
  }
  if (drainDelaySeconds >= shutdownDeadlineSeconds) {
    problems.push(
      `DRAIN_DELAY_SECONDS is ${drainDelaySeconds}, but has to be below SHUTDOWN_DEADLINE_SECONDS (${shutdownDeadlineSeconds}).`,
    );
  }
  if (auth === "api-key" && apiKeys.length === 0) {
    problems.push(
      "API_KEY_HASHES is not set, but AUTH=api-key needs at least one entry name:sha256 (in hexadecimal).",
    );
  }

  const config: Config = {
    port: number("PORT", 8080, 0, 65_535),
    host: text("HOST"),
    keepAliveTimeoutSeconds: number("KEEP_ALIVE_TIMEOUT_SECONDS", 65, 1, 4005, false),
    drainDelaySeconds,
    shutdownDeadlineSeconds,
    requestTimeoutSeconds,
    storeTimeoutSeconds: Math.min(5, requestTimeoutSeconds * STORE_SHARE),
    bodyLimitBytes: number("BODY_LIMIT_BYTES", 1_048_576, 1024, 104_857_600),
    taskMemoryMiB: optionalNumber("TASK_MEMORY_MIB", 128, 1_048_576),
    workers,
    revision: text("REVISION") ?? "unknown",
    commit: text("APP_COMMIT"),
    store,
    dataDir: text("DATA_DIR") ?? "./data",
    tableName,
    dynamodbEndpoint: text("DYNAMODB_ENDPOINT"),
    logLevel: choice("LOG_LEVEL", "info", LOG_LEVELS),
    auth,
    apiKeys,
    rateLimitPerMinute: number("RATE_LIMIT_PER_MINUTE", auth === "none" ? 0 : 6000, 0, 10_000_000),
    slowRequestMilliseconds: number("SLOW_REQUEST_MILLISECONDS", 1000, 1, 600_000),
    maxRequestsInFlight: number("MAX_REQUESTS_IN_FLIGHT", 1000, 1, 100_000),
    metricsNamespace: text("METRICS_NAMESPACE") ?? "events-api",
  };
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  return Object.freeze(config);
}

/** One process for each whole vCPU; without a task size, one for SQLite and one for each core otherwise. */
function defaultWorkers(store: Config["store"], taskCpuUnits: number | undefined): number {
  if (store === "sqlite") return 1;
  const cores = taskCpuUnits === undefined ? availableParallelism() : taskCpuUnits / 1024;
  return Math.min(64, Math.max(1, Math.round(cores)));
}

function readApiKeys(value: string | undefined, problems: string[]): readonly ApiKey[] {
  const keys: ApiKey[] = [];
  const entries = (value ?? "").split(",").map((entry) => entry.trim());
  for (const [index, entry] of entries.entries()) {
    if (entry === "") continue;
    const [, name, hash] = API_KEY_ENTRY.exec(entry) ?? [];
    if (name === undefined || hash === undefined) {
      // The entry itself stays out of the message: someone may have put the key there instead of its hash.
      problems.push(
        `API_KEY_HASHES entry ${index + 1} is refused: write name:sha256, the hash as 64 hexadecimal digits.`,
      );
    } else if (keys.some((key) => key.name === name)) {
      problems.push(`API_KEY_HASHES has two entries named "${name}"; give each key its own name.`);
    } else {
      keys.push(Object.freeze({ name, sha256: Buffer.from(hash, "hex") }));
    }
  }
  return Object.freeze(keys);
}
