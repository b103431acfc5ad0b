import type { Station } from "./walk.ts";

/** Stations in the order of the walk; those after a failure are not reached. */
export const STATIONS = [
  ...["init", "up", "request", "nothing to do", "rollout", "bad image", "rollback"],
  ...["request after all", "destroy"],
];

/** Whether every station was reached, and passed. */
export function walkPassed(stations: readonly Station[]): boolean {
  return stations.length === STATIONS.length && stations.every(({ passed }) => passed);
}

/** @returns lines for people: each station, and what the walk came to */
export function report(stations: readonly Station[], hourlyUsd: number): string {
  const lines = STATIONS.map((name) => {
    const station = stations.find((candidate) => candidate.name === name);
    if (station === undefined) return `  -     ${name.padEnd(18)} not reached`;
    const { passed, seconds, detail } = station;
    const [first = "", ...rest] = detail.split("\n");
    return [
      `  ${passed ? "ok  " : "FAIL"}  ${name.padEnd(18)} ${String(seconds).padStart(5)} s  ${first}`,
      ...rest.map((line) => " ".repeat(35) + line),
    ].join("\n");
  });
  const seconds = stations.reduce((sum, station) => sum + station.seconds, 0);
  const verdict = walkPassed(stations) ? "The walk passed" : "The walk FAILED";
  return [
    ...lines,
    "",
    `${verdict}, in ${Math.ceil(seconds / 60)} min; about ${((hourlyUsd * seconds) / 3600).toFixed(2)} USD, without traffic and storage.`,
    "",
  ].join("\n");
}
