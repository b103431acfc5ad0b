// The version that npm run smoke:aws deploys to see that alarms roll it back: healthy, and its /smoke a 500.
import { createServer } from "node:http";

const server = createServer((request, response) => {
  response.statusCode = request.url === "/smoke" ? 500 : 200;
  response.end();
}).listen(Number(process.env.PORT));
process.on("SIGTERM", () => server.close());
