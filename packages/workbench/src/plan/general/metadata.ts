/** What the declaration files of a provider's package say of its types and functions: no package ships its schema. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export class Metadata {
  readonly #require: NodeJS.Require;
  readonly #texts = new Map<string, string>();

  /** @param root of the program, whose packages are read */
  constructor(root: string) {
    this.#require = createRequire(join(root, "index.js"));
  }

  /** Fields of a function's result with their types as TypeScript writes them; undefined where no file tells. */
  result(token: string): ReadonlyMap<string, string> | undefined {
    const text = this.#text(token);
    const name = token.split(":")[2] ?? "";
    const body = new RegExp(
      `export interface ${capitalised(name)}Result \\{\n([\\s\\S]*?)\n\\}`,
    ).exec(text)?.[1];
    if (body === undefined) return undefined;
    const fields = body
      .replace(/\/\*\*[\s\S]*?\*\//g, "")
      .matchAll(/^ {4}readonly (\w+): ([\s\S]*?);$/gm);
    return new Map([...fields].map(([, field = "", type = ""]) => [field, type]));
  }

  /** The id in the example of `pulumi import`; undefined where there is none. */
  importedId(token: string): string | undefined {
    return /^ \* \$ pulumi import \S+ \S+ (.+)$/m
      .exec(this.#text(token))?.[1]
      ?.replace(/^['"]|['"]$/g, "");
  }

  #text(token: string): string {
    const known = this.#texts.get(token);
    if (known !== undefined) return known;
    const [pkg = "", module = "", kind = ""] = token.split(":");
    const file = module.replace(/^index(?:\/|$)/, "");
    const own = kind.charAt(0).toLowerCase() + kind.slice(1);
    const text = this.#read(pkg, file) ?? this.#read(pkg, join(file, own)) ?? "";
    this.#texts.set(token, text);
    return text;
  }

  /** Undefined for a package of another name, or one that hides its files. */
  #read(pkg: string, file: string): string | undefined {
    try {
      return readFileSync(this.#require.resolve(`@pulumi/${pkg}/${file}.d.ts`), "utf8");
    } catch {
      return undefined;
    }
  }
}

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
