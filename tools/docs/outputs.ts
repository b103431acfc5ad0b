import ts from "typescript";

/** One stack output: its name, and its doc line. */
export interface StackOutput {
  name: string;
  description: string;
}

/**
 * The properties of an interface with their doc comments, in order.
 * @param source - text of the TypeScript file
 * @throws Error when there is no such interface, or a property without a doc comment
 */
export function documentedProperties(source: string, interfaceName: string): StackOutput[] {
  const file = ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest, true);
  const declaration = file.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === interfaceName,
  );
  if (declaration === undefined) throw new Error(`There is no interface ${interfaceName}.`);
  return declaration.members.filter(ts.isPropertySignature).map((property) => {
    const name = property.name.getText(file);
    const [comment] = ts.getJSDocCommentsAndTags(property);
    const description = ts.getTextOfJSDocComment(comment?.comment)?.replaceAll(/\s+/g, " ").trim();
    if (description === undefined || description === "")
      throw new Error(`${interfaceName}.${name} has no doc line. Add one.`);
    return { name, description };
  });
}

/** The README's table of outputs. */
export function outputsTable(outputs: readonly StackOutput[]): string {
  const rows = outputs.map(
    ({ name, description }) => `| \`${name}\` | ${description.replaceAll("|", "\\|")} |`,
  );
  return ["| Output | What it is |", "| --- | --- |", ...rows].join("\n");
}
