import { expect } from "chai";
import {
  PLATFORM_VARIABLES,
  platformEnvironment,
} from "../../../components/service/environment.ts";

describe("platformEnvironment", () => {
  it("tells the app its port, times, limits and size, as texts", () => {
    const environment = platformEnvironment({
      region: "eu-west-1",
      containerPort: 8080,
      idleTimeoutSeconds: 60,
      drainDelaySeconds: 2,
      stopTimeoutSeconds: 45,
      requestTimeoutSeconds: 30,
      bodyLimitBytes: 1048576,
      taskCpu: 256,
      taskMemoryMiB: 512,
      revision: "app-0123456789abcdef",
    });

    expect(environment).to.deep.equal({
      AWS_REGION: "eu-west-1",
      PORT: "8080",
      // Five seconds more than the load balancer's idle time-out.
      KEEP_ALIVE_TIMEOUT_SECONDS: "65",
      DRAIN_DELAY_SECONDS: "2",
      // Five seconds less than the time until the kill.
      SHUTDOWN_DEADLINE_SECONDS: "40",
      REQUEST_TIMEOUT_SECONDS: "30",
      BODY_LIMIT_BYTES: "1048576",
      TASK_CPU_UNITS: "256",
      TASK_MEMORY_MIB: "512",
      REVISION: "app-0123456789abcdef",
    });
  });

  it("configuration may not set these, nor the table's name and the assets' path", () => {
    expect([...PLATFORM_VARIABLES].sort()).to.deep.equal([
      "ASSETS_PATH",
      "AWS_REGION",
      "BODY_LIMIT_BYTES",
      "DRAIN_DELAY_SECONDS",
      "KEEP_ALIVE_TIMEOUT_SECONDS",
      "PORT",
      "REQUEST_TIMEOUT_SECONDS",
      "REVISION",
      "SHUTDOWN_DEADLINE_SECONDS",
      "TABLE_NAME",
      "TASK_CPU_UNITS",
      "TASK_MEMORY_MIB",
    ]);
  });
});
