import { expect } from "chai";
import { checkName } from "../../../src/pipeline/rename/names.ts";
import {
  isMade,
  renameKeys,
  renamePackage,
  renameProject,
  renameText,
} from "../../../src/pipeline/rename/rewrite.ts";

const NAMESPACES = new Set(["aws", "pulumi"]);
const READERS = { project: "orders", keys: ["taskCpu", "waf"], namespaces: NAMESPACES };

describe("Name of a project", () => {
  const problem = (name: string): string => {
    try {
      checkName(name, NAMESPACES);
    } catch (error) {
      return (error as Error).message;
    }
    return "";
  };
  const longest = "a".repeat(29);

  it("may be what Pulumi and AWS take", () => {
    for (const name of ["orders", "a", "a1", "orders-api-2", longest, "awsome"])
      expect(problem(name), name).to.equal("");
  });

  it("gives the state bucket a name that S3 takes, in the region with the longest name", () => {
    expect(`${longest}-state-123456789012-ap-southeast-1`.length).to.equal(63);
  });

  for (const name of ["", "Orders", "1orders", "orders_api", "a--b", "-a", "a-", "a.b", "a b", "ü"])
    it(`${JSON.stringify(name)} is refused`, () => {
      expect(problem(name)).to.equal(
        `${JSON.stringify(name)} cannot be the project's name: it names buckets, roles and a DNS zone, so it has to be small letters, digits and single hyphens in between, beginning with a letter, such as orders-api.`,
      );
    });

  it("is refused where something would be too long, reserved or read by somebody else", () => {
    expect(problem(`${longest}a`)).to.equal(
      `"${longest}a" cannot be the project's name: it has 30 characters, and the state bucket <name>-state-<account>-<region> may have 63: take 29 at most.`,
    );
    expect(problem("sthree-a")).to.equal(
      '"sthree-a" cannot be the project\'s name: S3 takes no bucket that begins with sthree-: choose another beginning.',
    );
    expect(problem("aws")).to.equal(
      "\"aws\" cannot be the project's name: it is a namespace of Pulumi, whose settings aws:... would be the project's: choose another.",
    );
  });
});

describe("Rename of a file", () => {
  const keys = (text: string): string =>
    renameKeys(text, "Pulumi.dev.yaml", new Set(["shop"]), READERS);

  it("gives keys and tag the new name, and leaves every other character", () => {
    expect(
      keys(
        `# shop:waf\nconfig:\n  aws:region: eu-west-1 # where\n  aws:defaultTags:\n    tags:\n      project: shop\n      stack: dev\n  shop:waf: none\n  # why\n  shop:list: [a, b]\n  shop:anything: "1"\n`,
      ),
    ).to.equal(
      `# shop:waf\nconfig:\n  aws:region: eu-west-1 # where\n  aws:defaultTags:\n    tags:\n      project: orders\n      stack: dev\n  orders:waf: none\n  # why\n  orders:list: [a, b]\n  orders:anything: "1"\n`,
    );
  });

  it("takes keys that nobody else reads, whoever wrote them, and no others", () => {
    expect(
      keys("config:\n  older:waf: none\n  older:x: 1\n  gcp:zone: a\n  aws:waf: b\n"),
    ).to.equal("config:\n  orders:waf: none\n  orders:x: 1\n  gcp:zone: a\n  aws:waf: b\n");
  });

  it("takes all of a former name, also what the program does not read", () => {
    expect(keys("config:\n  shop:mine: 1\n")).to.equal("config:\n  orders:mine: 1\n");
  });

  it("leaves a file alone that has nothing to rename, and one without settings", () => {
    for (const text of ["config:\n  orders:waf:   none\n", "config: {}\n", "# nothing\n"])
      expect(keys(text)).to.equal(text);
  });

  it("refuses a key that is there under both names", () => {
    expect(() => keys("config:\n  orders:waf: none\n  shop:waf: standard\n")).to.throw(
      "Pulumi.dev.yaml sets both shop:waf and orders:waf: delete one of them.",
    );
  });

  it("tells a stack that was made by what the Pulumi CLI wrote", () => {
    expect(isMade("config:\n  shop:waf: none\n")).to.equal(false);
    for (const key of ["secretsprovider", "encryptedkey", "encryptionsalt"])
      expect(isMade(`${key}: a\nconfig:\n  shop:waf: none\n`), key).to.equal(true);
  });

  it("changes the name of Pulumi.yaml alone", () => {
    expect(renameProject("name: shop\nconfig:\n  name:\n    default: shop\n", "orders")).to.equal(
      "name: orders\nconfig:\n  name:\n    default: shop\n",
    );
  });

  it("changes the package's own name, in its lock too", () => {
    const lock = { name: "shop", packages: { "": { name: "shop" }, a: { name: "shop" } } };
    expect(JSON.parse(renamePackage(JSON.stringify(lock), "orders"))).to.deep.equal({
      name: "orders",
      packages: { "": { name: "orders" }, a: { name: "shop" } },
    });
  });

  it("keeps in a text what is an identity, and words that only contain the name", () => {
    const same =
      "my-shops shop-a:network:Network `shop-a:<folder>:<Class>` shop-a.content xshop-a shop-ab";
    expect(renameText(same, "shop-a", "orders")).to.equal(same);
    expect(
      renameText(
        "shop-a / prod s3://shop-a-state-1 shop-a:waf `shop-a:<key>` urn:pulumi:dev::shop-a::shop-a:service:Roles logs-shop-a-prod- .pulumi/shop-a/dev.",
        "shop-a",
        "orders",
      ),
    ).to.equal(
      "orders / prod s3://orders-state-1 orders:waf `orders:<key>` urn:pulumi:dev::orders::shop-a:service:Roles logs-orders-prod- .pulumi/orders/dev.",
    );
  });
});
