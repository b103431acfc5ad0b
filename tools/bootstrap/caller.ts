/** No usable credentials; the message says how to get some. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsError";
}

/**
 * Account that the credentials in use belong to.
 * @throws CredentialsError when there are none, or AWS refuses them
 */
export async function callerAccount(region: string): Promise<string> {
  const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  const client = new STSClient({ region });
  try {
    const { Account } = await client.send(new GetCallerIdentityCommand({}));
    return Account ?? "";
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CredentialsError(
      `AWS does not know who you are: ${reason.replace(/\.$/, "")}. Sign in, for example with: aws sso login`,
    );
  } finally {
    client.destroy();
  }
}
