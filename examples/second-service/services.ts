import type { Services } from "../../config/services.ts";

/** A second HTTP service with an app of its own: it takes `/admin` and all below, the main service the rest. */
export const services: Services = {
  api: { kind: "http" },
  admin: {
    kind: "http",
    path: "/admin",
    appPath: "./examples/second-service/app",
    build: "bundle",
    healthPath: "/admin/health",
  },
};
