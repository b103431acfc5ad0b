import { styleText } from "node:util";
import type { OutputStream } from "./task.ts";

const COLOURS = ["cyan", "magenta", "yellow", "green", "blue"] as const;

/** A line of a task's output with its number before it; coloured on a terminal only. */
export function prefixed(
  task: number,
  line: string,
  stream: OutputStream,
  service = "task",
): string {
  const colour = COLOURS[(task - 1) % COLOURS.length] ?? "cyan";
  const prefix = styleText(colour, `${service} ${task} |`, { stream: process[stream] });
  return `${prefix} ${line}`;
}

/**
 * True for CloudWatch's embedded metric format: lines that a log group turns into metrics and that
 * no person reads
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
 */
export function isMetric(line: string): boolean {
  return /^\{(?:"[^"]*":"[^"]*",)*"_aws":\{/.test(line);
}

const CTRL_C = "\u0003";

export interface Keys {
  /** False when there is no terminal to read keys from. */
  active: boolean;
  close(): void;
}

/** Calls `onKey` for single keys of a terminal, and `onInterrupt` for Ctrl-C. */
export function readKeys(onKey: (key: string) => void, onInterrupt: () => void): Keys {
  const { stdin } = process;
  if (!stdin.isTTY) return { active: false, close: () => undefined };
  const read = (data: string): void => {
    for (const key of data) {
      if (key === CTRL_C) onInterrupt();
      else onKey(key);
    }
  };
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.on("data", read);
  stdin.resume();
  return {
    active: true,
    close: () => {
      stdin.off("data", read);
      stdin.setRawMode(false);
      stdin.pause();
    },
  };
}
