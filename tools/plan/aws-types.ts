/** Rows by type token, such as `aws:ecs/service:Service`, of rows by module and type: `{ ecs: { Service: ... } }`. */
export function byToken<T>(modules: Record<string, Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(modules).flatMap(([module, rows]) =>
      Object.entries(rows).map(([type, row]) => [
        `aws:${module}/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`,
        row,
      ]),
    ),
  );
}
