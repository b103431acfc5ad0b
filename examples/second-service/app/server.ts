import { createServer } from "node:http";

// Listener rules leave the path as it is, so it begins with /admin here too.
const server = createServer((request, response) => {
  const found = request.url === "/admin" || request.url === "/admin/health";
  response.writeHead(found ? 200 : 404, { "content-type": "application/json" });
  response.end(JSON.stringify(found ? { service: "admin" } : { error: "not found" }));
});
server.keepAliveTimeout = Number(process.env["KEEP_ALIVE_TIMEOUT_SECONDS"]) * 1000;
server.listen(Number(process.env["PORT"]), () => {
  console.log("admin listens");
});

process.once("SIGTERM", () => {
  // The load balancer sends requests until it has heard that the task goes.
  setTimeout(() => server.close(), Number(process.env["DRAIN_DELAY_SECONDS"]) * 1000);
});
