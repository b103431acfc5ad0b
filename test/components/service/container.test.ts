import { expect } from "chai";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { execFile } from "node:child_process";
import { containerDefinition, type ContainerArgs } from "../../../components/service/container.ts";

const args: ContainerArgs = {
  image: `123456789012.dkr.ecr.eu-west-1.amazonaws.com/api@sha256:${"a".repeat(64)}`,
  build: "bundle",
  containerPort: 8080,
  environment: { LOG_LEVEL: "info", PORT: "8080" },
  secrets: { TOKEN: "arn:aws:ssm:eu-west-1:123456789012:parameter/b", KEY: "arn:aws:ssm:a" },
  secretVersions: {},
  livenessPath: "/livez",
  taskMemoryMiB: 512,
  stopTimeoutSeconds: 45,
  executeCommand: "disabled",
  logGroup: "api-1234567",
  region: "eu-west-1",
};

describe("containerDefinition", () => {
  it("leaves the command to the image of an app's own Dockerfile, and nothing else", () => {
    const { entryPoint, command, ...bundled } = containerDefinition(args);

    expect([entryPoint, command]).to.deep.equal([
      ["node"],
      ["--max-heap-size=384", "dist/server.js"],
    ]);
    expect(containerDefinition({ ...args, build: "dockerfile" })).to.deep.equal(bundled);
  });

  it("is this, hardened, with sorted lists", () => {
    expect(containerDefinition(args)).to.deep.equal({
      name: "app",
      image: args.image,
      essential: true,
      entryPoint: ["node"],
      command: ["--max-heap-size=384", "dist/server.js"],
      environment: [
        { name: "LOG_LEVEL", value: "info" },
        { name: "PORT", value: "8080" },
      ],
      secrets: [
        { name: "KEY", valueFrom: "arn:aws:ssm:a" },
        { name: "TOKEN", valueFrom: "arn:aws:ssm:eu-west-1:123456789012:parameter/b" },
      ],
      portMappings: [{ name: "http", containerPort: 8080, protocol: "tcp", appProtocol: "http" }],
      healthCheck: {
        command: [
          "CMD",
          "node",
          "-e",
          'fetch("http://127.0.0.1:8080/livez").then((r)=>process.exit(r.ok?0:1),()=>process.exit(1))',
        ],
        interval: 30,
        timeout: 5,
        retries: 3,
        startPeriod: 30,
      },
      stopTimeout: 45,
      user: "65532:65532",
      privileged: false,
      readonlyRootFilesystem: true,
      linuxParameters: { capabilities: { drop: ["ALL"] }, initProcessEnabled: true },
      mountPoints: [{ sourceVolume: "tmp", containerPath: "/tmp", readOnly: false }],
      ulimits: [{ name: "nofile", softLimit: 65536, hardLimit: 65536 }],
      logConfiguration: {
        logDriver: "awslogs",
        options: {
          "awslogs-group": "api-1234567",
          "awslogs-region": "eu-west-1",
          "awslogs-stream-prefix": "app",
          mode: "non-blocking",
          "max-buffer-size": "25m",
        },
      },
    });
  });

  it("is the same text for the same variables in another order", () => {
    const reversed = {
      ...args,
      environment: { PORT: "8080", LOG_LEVEL: "info" },
      secrets: Object.fromEntries(Object.entries(args.secrets).reverse()),
    };

    expect(JSON.stringify(containerDefinition(reversed))).to.equal(
      JSON.stringify(containerDefinition(args)),
    );
  });

  it("says the versions of its secrets, so that another one is another text", () => {
    const secretVersions = { TOKEN: "0a1b", KEY: "2c3d" };

    expect(containerDefinition({ ...args, secretVersions })).to.deep.equal({
      ...containerDefinition(args),
      dockerLabels: { "secret-version.KEY": "2c3d", "secret-version.TOKEN": "0a1b" },
    });
  });

  it("has no health check of its own without a path for it", () => {
    expect(containerDefinition({ ...args, livenessPath: "" })).not.to.have.property("healthCheck");
  });

  it("a shell in the task needs a writable root", () => {
    expect(containerDefinition({ ...args, executeCommand: "enabled" })).to.deep.equal({
      ...containerDefinition(args),
      readonlyRootFilesystem: false,
    });
  });

  it("a command for the shell in a path stays part of the URL", () => {
    const definition = containerDefinition({ ...args, livenessPath: '/"+process.exit(0)+"' });
    const { command } = definition["healthCheck"] as { command: string[] };

    // Nothing listens on the port, so only a script that was broken out of could succeed.
    expect(() =>
      execFileSync(process.execPath, ["-e", command[3]?.replace("8080", "1") ?? ""]),
    ).to.throw();
  });

  describe("liveness check, run as Docker runs it", () => {
    for (const [status, exit] of [
      [200, 0],
      [503, 1],
    ] as const) {
      it(`answers ${status}: exit code ${exit}`, async () => {
        const server = createServer((request, response) => {
          response.writeHead(request.url === "/livez" ? status : 404).end();
        });
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        const { port } = server.address() as AddressInfo;
        try {
          expect(await check(port)).to.equal(exit);
        } finally {
          server.close();
        }
      });
    }

    it("nobody answers: exit code 1", async () => {
      const server = createServer();
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      server.close();
      await once(server, "close");

      expect(await check(port)).to.equal(1);
    });
  });
});

/** Exit code of the container's health check against this port. */
async function check(containerPort: number): Promise<number | undefined> {
  const { healthCheck } = containerDefinition({ ...args, containerPort });
  const [, , ...parts] = (healthCheck as { command: string[] }).command;
  try {
    await promisify(execFile)(process.execPath, parts);
    return 0;
  } catch (error) {
    return (error as { code?: number }).code;
  }
}
