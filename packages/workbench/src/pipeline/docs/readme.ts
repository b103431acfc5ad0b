import { createRequire } from "node:module";
import type TypeScript from "typescript";
import { ToolError } from "../../lib/command-line.ts";

// Required: an import would read its nine megabytes twice more, for their format and for the names that they export.
const ts = createRequire(import.meta.url)("typescript") as typeof TypeScript;

/** One stack output: its name, and its doc line. */
export interface StackOutput {
  name: string;
  description: string;
}

/**
 * The properties of an interface with their doc comments, in order.
 * @param source - text of the TypeScript file
 * @throws ToolError when there is no such interface, or a property without a doc comment
 */
export function documentedProperties(source: string, interfaceName: string): StackOutput[] {
  const file = ts.createSourceFile("source.ts", source, ts.ScriptTarget.Latest, true);
  const declaration = file.statements.find(
    (statement): statement is TypeScript.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === interfaceName,
  );
  if (declaration === undefined) throw new ToolError(`There is no interface ${interfaceName}.`);
  return declaration.members.filter(ts.isPropertySignature).map((property) => {
    const name = property.name.getText(file);
    const [comment] = ts.getJSDocCommentsAndTags(property);
    const description = ts.getTextOfJSDocComment(comment?.comment)?.replaceAll(/\s+/g, " ").trim();
    if (description === undefined || description === "")
      throw new ToolError(`${interfaceName}.${name} has no doc line. Add one.`);
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

/**
 * Puts a text between `<!-- name -->` and `<!-- /name -->`, in place of what stands there.
 * @param page - name of the page, for the message
 * @throws ToolError, one sentence, when the page lacks one of the markers
 */
export function replaceBetween(text: string, page: string, name: string, content: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const start = text.indexOf(open);
  const end = text.indexOf(close, start);
  if (start < 0 || end < 0)
    throw new ToolError(
      `${page} lacks the markers ${open} and ${close}. Put both where the text goes.`,
    );
  return `${text.slice(0, start + open.length)}\n\n${content.trim()}\n\n${text.slice(end)}`;
}
