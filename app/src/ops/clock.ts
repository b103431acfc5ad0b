let second = -1;
let prefix = "";

/** ISO 8601 time with milliseconds in UTC; the part down to the second is made once a second. */
export function isoTime(epochMilliseconds: number): string {
  const wholeSecond = Math.floor(epochMilliseconds / 1000);
  if (wholeSecond !== second) {
    second = wholeSecond;
    prefix = new Date(wholeSecond * 1000).toISOString().slice(0, 20);
  }
  const milliseconds = epochMilliseconds - wholeSecond * 1000;
  const padding = milliseconds < 10 ? "00" : milliseconds < 100 ? "0" : "";
  return `${prefix}${padding}${milliseconds}Z`;
}
