import { LocalRunError } from "../plan/plan-reader.ts";
import type { LocalService as Adapted } from "./adaptations.ts";
import type { LocalRun } from "./local-run.ts";
import { LocalService } from "./service.ts";
import { exitReason, type DeploymentOutcome } from "./service-types.ts";
import type { OtherSpec } from "./spec-types.ts";
import type { OutputStream, Revision } from "./task.ts";
import { LocalWorker } from "./worker.ts";

/** A service beside the main one, fitted to this machine. */
export interface OtherVersion {
  spec: OtherSpec;
  local: Adapted;
  revision: Revision;
}

export interface OtherEvents {
  onLine(service: string, task: number, line: string, stream: OutputStream): void;
  /** A sentence for the terminal. */
  onNote(text: string): void;
}

/** One of them, running. */
interface Running {
  version: OtherVersion;
  deploy(revision: Revision): Promise<DeploymentOutcome | undefined>;
  stop(): Promise<void>;
  kill(): void;
}

/** A developer wants to see the first failed task, not the third. */
export const ONE_FAILURE = { failureThreshold: 1 };

/** The services of a stack beside its main one, behind the same load balancer or behind none. */
export class OtherServices {
  readonly #run: LocalRun;
  readonly #events: OtherEvents;
  readonly #running: Running[] = [];
  /** What is asked for is done one after the other: a version waits until the one before is taken. */
  #last: Promise<unknown> = Promise.resolve();
  #ended = false;

  constructor(run: LocalRun, events: OtherEvents) {
    this.#run = run;
    this.#events = events;
  }

  /**
   * Starts each of them, or gives it another version where it has one; scheduled tasks wait to be asked for.
   * @returns how many of them had one
   */
  deploy(versions: readonly OtherVersion[]): Promise<number> {
    return this.#inTurn(() => this.#deploy(versions));
  }

  /** Replaces the tasks of each by tasks of the same version. */
  replace(): Promise<void> {
    return this.#inTurn(async () => {
      for (const one of this.#running) if (!this.#ended) await one.deploy(one.version.revision);
    });
  }

  /** Stops what runs; nothing starts any more. */
  async stop(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#running.map((one) => one.stop()));
  }

  kill(): void {
    this.#ended = true;
    for (const one of this.#running) one.kill();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #deploy(versions: readonly OtherVersion[]): Promise<number> {
    let deployed = 0;
    const ended = (): boolean => this.#ended;
    for (const version of versions) {
      if (ended()) break;
      const { spec, local, revision } = version;
      if (spec.schedule !== undefined) continue;
      const found = this.#running.find((one) => one.version.spec.service === spec.service);
      if (found !== undefined && same(found.version, version)) continue;
      deployed += 1;
      const running = found ?? this.#start(version);
      running.version = version;
      const outcome = await running.deploy(revision);
      if (ended()) break;
      if (outcome === undefined)
        this.#events.onNote(
          `  ${spec.service}  runs ${local.desiredCount} without a load balancer`,
        );
      else if (outcome.status === "completed")
        this.#events.onNote(`  ${spec.service}  healthy   ${where(spec, this.#run.url)}`);
      else
        this.#events.onNote(
          `  ${spec.service}  does not start: ${outcome.reason ?? outcome.status}`,
        );
    }
    return deployed;
  }

  #start(version: OtherVersion): Running {
    const running =
      version.spec.target === undefined ? this.#worker(version) : this.#service(version);
    this.#running.push(running);
    return running;
  }

  #worker(version: OtherVersion): Running {
    const { spec, local } = version;
    const worker = new LocalWorker({
      count: local.desiredCount,
      stopTimeoutSeconds: spec.container.stopTimeoutSeconds,
      onLine: (task, line, stream) => {
        this.#events.onLine(spec.service, task, line, stream);
      },
      onNote: (text) => {
        this.#events.onNote(`  ${spec.service} ${text}`);
      },
    });
    return {
      version,
      deploy: async (revision) => {
        await worker.deploy(revision);
        return undefined;
      },
      stop: () => worker.stop(),
      kill: () => {
        worker.kill();
      },
    };
  }

  #service(version: OtherVersion): Running {
    const { spec, local } = version;
    const { balancer } = this.#run;
    const group = balancer.groups.get(spec.target?.group.name ?? "");
    if (group === undefined) throw new LocalRunError(`${spec.service} has no target group.`);
    const service = new LocalService({
      group,
      clock: balancer.clock,
      stopTimeoutSeconds: spec.container.stopTimeoutSeconds,
      deployment: { ...spec.deployment, desiredCount: local.desiredCount },
      batch: 1,
    });
    service.on("line", ({ task, line, stream }) => {
      this.#events.onLine(spec.service, task, line, stream);
    });
    return {
      version,
      deploy: (revision) => service.deploy(revision, ONE_FAILURE),
      stop: () => service.stop(),
      kill: () => {
        service.kill();
      },
    };
  }
}

const same = (a: OtherVersion, b: OtherVersion): boolean =>
  a.revision.name === b.revision.name &&
  JSON.stringify(a.local.environment) === JSON.stringify(b.local.environment);

/** `http://127.0.0.1:8080/admin`, with the host name that has to be sent where the rule names one. */
function where({ target }: OtherSpec, url: URL): string {
  const { paths: [path = ""] = [], hosts: [host] = [] } = target?.rule ?? {};
  return `${url.origin}${path}${host === undefined ? "" : `   (host ${host})`}`;
}

/**
 * Runs a scheduled task, or a worker, once in this terminal.
 * @returns its exit code
 */
export async function runOnce(
  { revision }: OtherVersion,
  onLine: (line: string, stream: OutputStream) => void,
  note: (text: string) => void,
  interrupted: AbortSignal,
): Promise<number> {
  const task = revision.launch({ id: 1, port: 0, onLine });
  interrupted.addEventListener("abort", () => void task.stop(2000));
  const exit = await task.exited;
  await task.outputEnded;
  note(`ended: ${exitReason(exit)}`);
  return exit.code ?? 1;
}
