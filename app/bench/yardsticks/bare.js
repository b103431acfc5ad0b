/** Node's own HTTP server with nothing but the work of the endpoint. */
import { createServer } from "node:http";
import { accepted, activity, report } from "./common.js";

function answer(response, status, value) {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": Buffer.byteLength(body),
  });
  response.end(body);
}

const server = createServer((request, response) => {
  if (request.method === "GET") {
    answer(response, 200, activity);
    return;
  }
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    answer(response, 202, accepted(JSON.parse(Buffer.concat(chunks).toString()).id));
  });
});
server.listen(0, "127.0.0.1", () => {
  report(server);
});
