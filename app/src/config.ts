import { availableParallelism } from "node:os";

/** Everything the process takes from its environment, validated once and frozen. */
export type Config = ReturnType<typeof readConfig>;
export type LogLevel = Config["logLevel"];
/** One API key: the client's name and the SHA-256 of the key (the key itself is never configured). */
export type ApiKey = Config["apiKeys"][number];

/** The environment was refused; the message lists every problem, one a line. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

const API_KEY_ENTRY = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63}):([0-9a-fA-F]{64})$/;

/** Reads the environment; README.md says what each variable means. @throws ConfigError naming every refused variable */
export function readConfig(env: Readonly<Record<string, string | undefined>>) {
  const problems: string[] = [];
  /** An empty value counts as absent. */
  const text = (key: string): string | undefined => {
    const value = env[key]?.trim();
    return value === "" ? undefined : value;
  };
  const choice = <const T extends string>(key: string, choices: readonly T[], fallback: T): T => {
    const value = text(key) ?? fallback;
    const found = choices.find((one) => one === value);
    if (found === undefined)
      problems.push(`${key} is "${value}", but has to be one of: ${choices.join(", ")}.`);
    return found ?? fallback;
  };
  const number = <T>(key: string, fallback: T, min: number, max: number, kind = "whole number") => {
    const value = text(key);
    if (value === undefined) return fallback;
    const wellFormed = (kind === "number" ? /^\d+(\.\d+)?$/ : /^\d+$/).test(value);
    if (wellFormed && Number(value) >= min && Number(value) <= max) return Number(value);
    const shown = wellFormed ? value : `"${value}"`;
    problems.push(`${key} is ${shown}, but has to be a ${kind} from ${min} to ${max}.`);
    return fallback;
  };

  const store = choice("STORE", ["sqlite", "dynamodb"], "sqlite");
  const auth = choice("AUTH", ["none", "api-key"], "none");
  const apiKeys = readApiKeys(text("API_KEY_HASHES") ?? "", problems);
  const tableName = text("TABLE_NAME");
  // One process for each whole vCPU; without a task size, one for each core.
  const vcpus = number("TASK_CPU_UNITS", availableParallelism() * 1024, 1, 196_608) / 1024;
  const byCpu = Math.min(64, Math.max(1, Math.round(vcpus)));
  const workers = number("WORKERS", store === "sqlite" ? 1 : byCpu, 1, 64);
  const drainDelaySeconds = number("DRAIN_DELAY_SECONDS", 2, 0, 600, "number");
  const shutdownDeadlineSeconds = number("SHUTDOWN_DEADLINE_SECONDS", 25, 1, 900, "number");
  const requestTimeoutSeconds = number("REQUEST_TIMEOUT_SECONDS", 30, 1, 3600, "number");

  if (store === "sqlite" && workers > 1)
    problems.push(
      `WORKERS is ${workers}, but STORE=sqlite has one writer: set WORKERS to 1 or STORE to dynamodb.`,
    );
  if (store === "dynamodb" && tableName === undefined)
    problems.push("TABLE_NAME is not set, but STORE=dynamodb needs the name of its table.");
  if (drainDelaySeconds >= shutdownDeadlineSeconds)
    problems.push(
      `DRAIN_DELAY_SECONDS is ${drainDelaySeconds}, but has to be below SHUTDOWN_DEADLINE_SECONDS (${shutdownDeadlineSeconds}).`,
    );
  if (auth === "api-key" && apiKeys.length === 0)
    problems.push(
      "API_KEY_HASHES is not set, but AUTH=api-key needs at least one entry name:sha256 (in hexadecimal).",
    );

  const config = {
    ...{ store, auth, apiKeys, tableName, workers },
    ...{ drainDelaySeconds, shutdownDeadlineSeconds, requestTimeoutSeconds },
    /** Less than the request may take, so that the answer names the store. */
    storeTimeoutSeconds: Math.min(5, requestTimeoutSeconds * 0.8),
    port: number("PORT", 8080, 0, 65_535),
    host: text("HOST"),
    keepAliveTimeoutSeconds: number("KEEP_ALIVE_TIMEOUT_SECONDS", 65, 1, 4005, "number"),
    bodyLimitBytes: number("BODY_LIMIT_BYTES", 1_048_576, 1024, 104_857_600),
    taskMemoryMiB: number("TASK_MEMORY_MIB", undefined, 128, 1_048_576),
    revision: text("REVISION") ?? "unknown",
    commit: text("APP_COMMIT"),
    dataDir: text("DATA_DIR") ?? "./data",
    assetsPath: text("ASSETS_PATH") ?? "/assets/",
    dynamodbEndpoint: text("DYNAMODB_ENDPOINT"),
    logLevel: choice("LOG_LEVEL", ["debug", "info", "warn", "error", "fatal"], "info"),
    rateLimitPerMinute: number("RATE_LIMIT_PER_MINUTE", auth === "none" ? 0 : 6000, 0, 10_000_000),
    slowRequestMilliseconds: number("SLOW_REQUEST_MILLISECONDS", 1000, 1, 600_000),
    maxRequestsInFlight: number("MAX_REQUESTS_IN_FLIGHT", 1000, 1, 100_000),
    metricsNamespace: text("METRICS_NAMESPACE"),
  } as const;
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  return Object.freeze(config);
}

function readApiKeys(value: string, problems: string[]) {
  const keys = new Map<string, Buffer>();
  for (const [index, entry] of value.split(",").entries()) {
    const [, name, hash] = API_KEY_ENTRY.exec(entry.trim()) ?? [];
    if (name !== undefined && keys.has(name)) {
      problems.push(`API_KEY_HASHES has two entries named "${name}"; give each key its own name.`);
    } else if (name !== undefined && hash !== undefined) {
      keys.set(name, Buffer.from(hash, "hex"));
    } else if (entry.trim() !== "") {
      // The entry itself stays out of the message: someone may have put the key there instead of its hash.
      problems.push(
        `API_KEY_HASHES entry ${index + 1} is refused: write name:sha256, the hash as 64 hexadecimal digits.`,
      );
    }
  }
  return Object.freeze([...keys].map(([name, sha256]) => Object.freeze({ name, sha256 })));
}
