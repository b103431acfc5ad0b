/**
 * A malformed or smuggled request and the status that answers it. `closed`: the connection is closed unanswered;
 * `harmless`: Node's parser lets it pass, and it may be answered by anything below 500.
 */
export interface MalformedRequest {
  readonly what: string;
  readonly bytes: string;
  readonly expected: number | "closed" | "harmless";
}

const HOST = "Host: a\r\n";
const JSON_TYPE = "Content-Type: application/json\r\n";
const get = (target: string, headers = HOST): string => `GET ${target} HTTP/1.1\r\n${headers}\r\n`;
const post = (headers: string, body = ""): string =>
  `POST /v1/events HTTP/1.1\r\n${HOST}${headers}\r\n${body}`;
const row = (
  what: string,
  bytes: string,
  expected: MalformedRequest["expected"],
): MalformedRequest => ({
  what,
  bytes,
  expected,
});

const smuggled = "GET /livez HTTP/1.1\r\nHost: a\r\n\r\n";

/** At least 60 requests that a careless server answers with 5xx, hangs on, or takes for something else. */
export const MALFORMED_REQUESTS: readonly MalformedRequest[] = [
  // Request line
  row("HTTP/0.9", "GET /livez\r\n\r\n", "harmless"),
  row("no version number", "GET /livez HTTP\r\n\r\n", "harmless"),
  row("HTTP/2 in the text of HTTP/1", `GET /livez HTTP/2.0\r\n${HOST}\r\n`, "harmless"),
  row("HTTP/3.7", `GET /livez HTTP/3.7\r\n${HOST}\r\n`, "harmless"),
  row("HTTP/1.10", `GET /livez HTTP/1.10\r\n${HOST}\r\n`, "harmless"),
  row("HTTP/1.1 in lower case", `GET /livez http/1.1\r\n${HOST}\r\n`, 400),
  row("the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
  row("a method in lower case", `get /livez HTTP/1.1\r\n${HOST}\r\n`, 400),
  row("a method that nobody knows", `BREW /livez HTTP/1.1\r\n${HOST}\r\n`, 400),
  row("a space before the method", ` GET /livez HTTP/1.1\r\n${HOST}\r\n`, 400),
  row("two spaces before the version (harmless)", `GET /livez  HTTP/1.1\r\n${HOST}\r\n`, 200),
  row("a tab in place of a space", `GET\t/livez HTTP/1.1\r\n${HOST}\r\n`, 400),
  row(
    "a request line of binary bytes",
    "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    400,
  ),
  row("NUL in the request line", `GET /liv\0ez HTTP/1.1\r\n${HOST}\r\n`, 400),
  row("TRACE", `TRACE /livez HTTP/1.1\r\n${HOST}\r\n`, 405),
  row("CONNECT", `CONNECT a:443 HTTP/1.1\r\n${HOST}\r\n`, "harmless"),
  row("DELETE", `DELETE /v1/events HTTP/1.1\r\n${HOST}\r\n`, 405),
  row("OPTIONS of everything", `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, "harmless"),
  // Request target
  row("NUL, percent-encoded", get("/v1/events/%00"), "harmless"),
  row("percent without digits", get("/v1/events/%zz"), "harmless"),
  row("percent at the end", get("/v1/events/%"), "harmless"),
  row("percent with one digit", get("/v1/events/%4"), "harmless"),
  row("percent-encoding that is not UTF-8", get("/v1/events/%ff%fe"), "harmless"),
  row("an overlong slash", get("/v1/events/%c0%af"), "harmless"),
  row("a surrogate", get("/v1/events/%ed%a0%80"), "harmless"),
  row("NUL in the query", get("/v1/kpis?date=%00"), "harmless"),
  row("bad percent-encoding in the query", get("/v1/kpis?date=%2"), "harmless"),
  row("a fragment", get("/livez#top"), "harmless"),
  row("a backslash", get("/v1\\events"), "harmless"),
  row("angle brackets", get("/<script>"), "harmless"),
  row("a byte above ASCII", get("/caf\xe9"), "harmless"),
  row("a target without a slash", get("livez"), "harmless"),
  row("the scheme of another protocol", get("ftp://a/livez"), "harmless"),
  row("credentials in the target", get("http://user@a/livez"), "harmless"),
  row("an absolute target", get("http://a/livez"), "harmless"),
  row("an absolute target without a path", get("http://a"), "harmless"),
  row("a path that climbs", get("/assets/../../etc/passwd"), 404),
  row("a path that climbs, percent-encoded", get("/assets/..%2f..%2fetc%2fpasswd"), 404),
  row("a double slash", get("//livez"), "harmless"),
  row("a target of 5,000 characters", get(`/${"a".repeat(5000)}`), "harmless"),
  row("a target of 20,000 characters", get(`/${"a".repeat(20_000)}`), 431),
  // Header
  row("no Host", get("/livez", ""), 400),
  row("two Hosts", get("/livez", "Host: a\r\nHost: b\r\n"), "harmless"),
  row("two equal Hosts", get("/livez", "Host: a\r\nhost: a\r\n"), "harmless"),
  row("a space before the colon", get("/livez", "Host : a\r\n"), 400),
  row("a folded header", get("/livez", `${HOST}X-A: b\r\n c\r\n`), 400),
  row("a header without a colon", get("/livez", `${HOST}X-A\r\n`), 400),
  row("a header without a name", get("/livez", `${HOST}: b\r\n`), 400),
  row("NUL in a header", get("/livez", `${HOST}X-A: b\0c\r\n`), 400),
  row("a bare CR in a header", get("/livez", `${HOST}X-A: b\rX-C: d\r\n`), 400),
  row("a bare LF behind a header", get("/livez", "Host: a\nX-A: b\r\n"), 400),
  row("a header of 17 KB", get("/livez", `${HOST}X-A: ${"b".repeat(17_000)}\r\n`), 431),
  row(
    "headers of 20 KB in all",
    get("/livez", HOST + `X-A: ${"b".repeat(1000)}\r\n`.repeat(20)),
    431,
  ),
  row("101 headers", get("/livez", HOST + "X-A: b\r\n".repeat(100)), "harmless"),
  row("100 headers (as many as are read)", get("/livez", HOST + "X-A: b\r\n".repeat(99)), 200),
  row(
    "an expectation that nobody knows",
    post(`${JSON_TYPE}Expect: miracles\r\nContent-Length: 2\r\n`, "{}"),
    417,
  ),
  // Framing
  row(
    "Content-Length and Transfer-Encoding",
    post(`${JSON_TYPE}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n`, `0\r\n\r\n${smuggled}`),
    400,
  ),
  row(
    "Transfer-Encoding and Content-Length",
    post(`${JSON_TYPE}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n`, `0\r\n\r\n${smuggled}`),
    400,
  ),
  row(
    "two Content-Lengths",
    post(`${JSON_TYPE}Content-Length: 2\r\nContent-Length: 3\r\n`, "{}"),
    400,
  ),
  row(
    "two equal Content-Lengths",
    post(`${JSON_TYPE}Content-Length: 2\r\nContent-Length: 2\r\n`, "{}"),
    400,
  ),
  row("a list as Content-Length", post(`${JSON_TYPE}Content-Length: 2, 2\r\n`, "{}"), 400),
  row("a negative Content-Length", post(`${JSON_TYPE}Content-Length: -2\r\n`, "{}"), 400),
  row("a signed Content-Length", post(`${JSON_TYPE}Content-Length: +2\r\n`, "{}"), 400),
  row("a hexadecimal Content-Length", post(`${JSON_TYPE}Content-Length: 0x2\r\n`, "{}"), 400),
  row("an empty Content-Length", post(`${JSON_TYPE}Content-Length:\r\n`, "{}"), 400),
  row(
    "a Content-Length beyond 64 bits",
    post(`${JSON_TYPE}Content-Length: 99999999999999999999\r\n`, "{}"),
    400,
  ),
  row(
    "Transfer-Encoding: xchunked",
    post(`${JSON_TYPE}Transfer-Encoding: xchunked\r\n`, `2\r\n{}\r\n0\r\n\r\n`),
    400,
  ),
  row(
    "Transfer-Encoding: chunked, identity",
    post(`${JSON_TYPE}Transfer-Encoding: chunked, identity\r\n`, `2\r\n{}\r\n0\r\n\r\n`),
    400,
  ),
  row(
    "Transfer-Encoding twice",
    post(
      `${JSON_TYPE}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n`,
      `2\r\n{}\r\n0\r\n\r\n`,
    ),
    400,
  ),
  row(
    "a vertical tab before chunked",
    post(`${JSON_TYPE}Transfer-Encoding: \x0bchunked\r\n`, `2\r\n{}\r\n0\r\n\r\n`),
    400,
  ),
  row(
    "a chunk size that is no number",
    post(`${JSON_TYPE}Transfer-Encoding: chunked\r\n`, `zz\r\n{}\r\n0\r\n\r\n`),
    400,
  ),
  row(
    "a negative chunk size",
    post(`${JSON_TYPE}Transfer-Encoding: chunked\r\n`, `-2\r\n{}\r\n0\r\n\r\n`),
    400,
  ),
  row(
    "a chunk size beyond 64 bits",
    post(`${JSON_TYPE}Transfer-Encoding: chunked\r\n`, `fffffffffffffffff\r\n{}`),
    400,
  ),
  row(
    "a chunk longer than it says",
    post(`${JSON_TYPE}Transfer-Encoding: chunked\r\n`, `1\r\n{}\r\n0\r\n\r\n`),
    400,
  ),
  row(
    "a bare LF behind a chunk size",
    post(`${JSON_TYPE}Transfer-Encoding: chunked\r\n`, `2\n{}\r\n0\r\n\r\n`),
    400,
  ),
  row(
    "a bare LF in a chunk extension",
    post(`${JSON_TYPE}Transfer-Encoding: chunked\r\n`, `2;a\n{}\r\n0\r\n\r\n`),
    400,
  ),
  row(
    "chunk extensions of 20 KB",
    post(
      `${JSON_TYPE}Transfer-Encoding: chunked\r\n`,
      `2;${"a".repeat(20_000)}\r\n{}\r\n0\r\n\r\n`,
    ),
    413,
  ),
  // Body
  row("no body", post(JSON_TYPE), 400),
  row("a body that is no JSON", post(`${JSON_TYPE}Content-Length: 1\r\n`, "{"), 400),
  row("a body that is not UTF-8", post(`${JSON_TYPE}Content-Length: 3\r\n`, '"\xff"'), 400),
  row("a body in UTF-16", post(`${JSON_TYPE}Content-Length: 4\r\n`, "\xff\xfe{\0"), 400),
  row(
    "JSON of 100,000 brackets",
    post(`${JSON_TYPE}Content-Length: 100000\r\n`, "[".repeat(100_000)),
    400,
  ),
  row("a number as body", post(`${JSON_TYPE}Content-Length: 1\r\n`, "1"), 400),
  row(
    "an object with __proto__",
    post(`${JSON_TYPE}Content-Length: 22\r\n`, '{"__proto__":{"id":1}}'),
    400,
  ),
  row("no Content-Type", post("Content-Length: 2\r\n", "{}"), 415),
  row(
    "a form",
    post("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 2\r\n", "{}"),
    415,
  ),
  row(
    "another charset",
    post("Content-Type: application/json; charset=utf-16\r\nContent-Length: 2\r\n", "{}"),
    415,
  ),
  row(
    "a compressed body",
    post(`${JSON_TYPE}Content-Encoding: gzip\r\nContent-Length: 2\r\n`, "\x1f\x8b"),
    415,
  ),
  row("a Content-Length above the limit", post(`${JSON_TYPE}Content-Length: 1048577\r\n`), 413),
  row(
    "a chunked body above the limit",
    post(
      `${JSON_TYPE}Transfer-Encoding: chunked\r\n`,
      `100001\r\n${"x".repeat(0x10_0001)}\r\n0\r\n\r\n`,
    ),
    413,
  ),
];
