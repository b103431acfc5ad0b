/** Rows by type token, such as `aws:ecs/service:Service`, of rows by their short form `ecs/Service`. */
export function byToken<T>(rows: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(rows).map(([short, row]) => {
      const [module = "", type = ""] = short.split("/");
      return [`aws:${module}/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`, row];
    }),
  );
}
