import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A DynamoDB that accepts everything and knows nothing: enough to start on, and to run the processes of a cluster. */
export async function startStubDynamoDb(): Promise<{ endpoint: string; close: () => void }> {
  const server = createServer((request, response) => {
    request.resume().once("end", () => {
      response.writeHead(200, { "Content-Type": "application/x-amz-json-1.0" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Environment of a service on that stub. */
export function dynamoDbEnv(endpoint: string): Record<string, string> {
  return {
    STORE: "dynamodb",
    TABLE_NAME: "events",
    DYNAMODB_ENDPOINT: endpoint,
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  };
}
