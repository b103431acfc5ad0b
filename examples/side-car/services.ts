import type { Services } from "../../config/services.ts";

/**
 * A side-car beside the app, in each of its tasks: here from the app's own image with another command. A collector or a proxy
 * has an `image`, such as `public.ecr.aws/aws-observability/aws-otel-collector:v0.43.0`.
 */
export const services: Services = {
  api: {
    kind: "http",
    sideCars: {
      heartbeat: {
        // Said here, so that it is the same with the Dockerfile of an app of one's own, as long as that holds Node.
        entryPoint: ["node"],
        command: ["-e", "setInterval(() => console.log('the side-car lives'), 1000)"],
      },
    },
  },
};
