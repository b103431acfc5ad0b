import { ToolError } from "../../lib/command-line.ts";
import { messageOf } from "../../lib/words.ts";

/**
 * Account that the credentials in use belong to.
 * @throws ToolError when there are none, or AWS refuses them
 */
export async function callerAccount(region: string): Promise<string> {
  const { STS } = await import("@aws-sdk/client-sts");
  const client = new STS({ region });
  try {
    const { Account } = await client.getCallerIdentity({});
    return Account ?? "";
  } catch (error) {
    throw new ToolError(
      `AWS does not know who you are: ${messageOf(error).replace(/\.$/, "")}. Sign in, for example with: aws sso login`,
    );
  } finally {
    client.destroy();
  }
}
