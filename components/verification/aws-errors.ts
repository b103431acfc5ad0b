/** What an error of the AWS SDK means for somebody who asks again and again. */

interface AwsError {
  name: string;
  message: string;
  $retryable?: { throttling?: boolean };
  $metadata?: { httpStatusCode?: number };
  code?: string;
}

const THROTTLED =
  /^(Throttl\w*|TooManyRequests\w*|RequestLimitExceeded|SlowDown|LimitExceeded\w*)$/;
const DENIED = /^(AccessDenied\w*|UnauthorizedOperation|NotAuthorized\w*)$/;
const CREDENTIALS =
  /^(CredentialsProviderError|ExpiredToken\w*|InvalidClientTokenId|UnrecognizedClientException|TokenProviderError|InvalidSignature\w*|SignatureDoesNotMatch)$/;
const CONNECTION =
  /^(ECONNRESET|ECONNREFUSED|ETIMEDOUT|EPIPE|EAI_AGAIN|ENOTFOUND|ENETUNREACH|TimeoutError|AbortError)$/;

export type AwsErrorKind = "throttled" | "denied" | "credentials" | "passing" | "other";

/** `passing` errors are worth another try: the service or the connection had a bad moment. */
export function awsErrorKind(error: unknown): AwsErrorKind {
  if (!(error instanceof Error)) return "other";
  const { name, code, $retryable, $metadata } = error as AwsError;
  if (THROTTLED.test(name) || $retryable?.throttling === true || $metadata?.httpStatusCode === 429)
    return "throttled";
  if (DENIED.test(name)) return "denied";
  if (CREDENTIALS.test(name)) return "credentials";
  if (($metadata?.httpStatusCode ?? 0) >= 500) return "passing";
  return CONNECTION.test(name) || CONNECTION.test(code ?? "") ? "passing" : "other";
}

/** `AccessDeniedException: User ... is not authorized to perform: ecs:ListTasks` */
export function awsErrorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === "Error" || error.message.startsWith(error.name)
    ? error.message
    : `${error.name}: ${error.message}`;
}
