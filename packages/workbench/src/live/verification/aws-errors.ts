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

/** Whether it is worth another try. */
export const isMomentary = (error: unknown): boolean =>
  ["throttled", "passing"].includes(awsErrorKind(error));

/** `AccessDeniedException: User ... is not authorized to perform: ecs:ListTasks`, in one line. */
export function awsErrorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A name with several addresses fails once for each, and says nothing itself.
  const [first] = error instanceof AggregateError ? (error.errors as unknown[]) : [];
  if (first !== undefined) return awsErrorText(first);
  const { code } = error as Partial<AwsError>;
  const text = error.message === "" ? (code ?? "") : error.message;
  // Sentences are built around it, which end by themselves.
  const message = text.replaceAll(/\s*\n\s*/g, " ").replace(/\.+$/, "");
  return error.name === "Error" || message.startsWith(error.name)
    ? message
    : `${error.name}: ${message}`;
}
