import type { SideCarSpec } from "./spec-types.ts";
import { launchProcess, type LaunchInput, type ProcessSettings, type RunningTask } from "./task.ts";

/** Starts a task with the side-cars that run its own image, as processes beside it; they end with it. */
export function launchWithSideCars(
  settings: ProcessSettings,
  sideCars: readonly SideCarSpec[],
  input: LaunchInput,
): RunningTask {
  const own = sideCars.filter(({ ownImage }) => ownImage);
  const beside = own.map(({ name, command, environment }) =>
    launchProcess(
      {
        command: command.length > 0 ? command : settings.command,
        cwd: settings.cwd,
        environment,
      },
      {
        ...input,
        onLine: (line, stream) => {
          input.onLine(`${name}: ${line}`, stream);
        },
      },
    ),
  );
  const task = launchProcess(settings, input);
  // As ECS stops what depends on the others first.
  void task.exited.then(() => {
    for (const sideCar of beside) void sideCar.stop(2000);
  });
  return {
    ...task,
    kill: () => {
      for (const sideCar of beside) sideCar.kill();
      task.kill();
    },
  };
}
