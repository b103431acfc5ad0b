import { expect } from "chai";
import { GitHub } from "../../../src/pipeline/delivery/github.ts";
import {
  upsertComment,
  type StickyComment,
} from "../../../src/pipeline/delivery/sticky-comment.ts";
import { failure } from "./fakes.ts";
import { GitHubStandIn } from "./github-stand-in.ts";

const MARKER = "koa-fargate preview";
const comment: StickyComment = { pullRequest: 5, marker: MARKER, body: "### new", run: 20 };
const written = (run: number, text: string): string => `<!-- ${MARKER} run=${run} -->\n${text}`;

describe("Sticky comment", () => {
  let standIn: GitHubStandIn;
  let github: GitHub;
  let pauses: number[];

  beforeEach(async () => {
    standIn = new GitHubStandIn();
    await standIn.start();
    pauses = [];
    github = new GitHub({
      apiUrl: standIn.url,
      repository: "o/r",
      token: "t",
      sleep: (milliseconds) => {
        pauses.push(milliseconds);
        return Promise.resolve();
      },
    });
  });
  afterEach(() => standIn.stop());

  const bodies = (): string[] => standIn.comments.map(({ body }) => body);

  it("is created where there is none", async () => {
    standIn.addComment("hello", "someone");
    expect(await upsertComment(github, comment)).to.equal("created");
    expect(bodies()).to.deep.equal(["hello", written(20, "### new")]);
  });

  it("is found on the last of many pages, and written over", async () => {
    for (let index = 0; index < 250; index += 1) standIn.addComment(`noise ${index}`, "someone");
    standIn.addComment(written(19, "old"));

    expect(await upsertComment(github, comment)).to.equal("updated");
    expect(bodies().filter((body) => !body.startsWith("noise"))).to.deep.equal([
      written(20, "### new"),
    ]);
  });

  it("is not taken from somebody who wrote the marker", async () => {
    standIn.addComment(written(19, "forged"), "attacker");
    expect(await upsertComment(github, comment)).to.equal("created");
    expect(bodies()).to.deep.equal([written(19, "forged"), written(20, "### new")]);
  });

  it("is not taken from a comment that quotes the marker further down", async () => {
    standIn.addComment(`> ${written(19, "quoted")}`);
    expect(await upsertComment(github, comment)).to.equal("created");
  });

  it("leaves the comment of another marker alone", async () => {
    standIn.addComment("<!-- koa-fargate previews run=1 -->\nother");
    expect(await upsertComment(github, comment)).to.equal("created");
  });

  it("does not write over a newer run", async () => {
    standIn.addComment(written(21, "newer"));
    expect(await upsertComment(github, comment)).to.equal("overtaken");
    expect(bodies()).to.deep.equal([written(21, "newer")]);
  });

  it("is written over by a second try of the same run", async () => {
    standIn.addComment(written(20, "first try"));
    expect(await upsertComment(github, comment)).to.equal("updated");
  });

  it("is created again when somebody deletes it meanwhile", async () => {
    standIn.addComment(written(19, "old"));
    standIn.before = ({ method }) => {
      if (method === "PATCH") standIn.comments.length = 0;
      return undefined;
    };
    expect(await upsertComment(github, comment)).to.equal("created");
    expect(bodies()).to.deep.equal([written(20, "### new")]);
  });

  it("stays one when two runs create it at the same time: the newer run's", async () => {
    standIn.before = ({ method }) => {
      if (method === "POST" && standIn.comments.length === 0)
        standIn.addComment(written(21, "the other run's"));
      return undefined;
    };
    await upsertComment(github, comment);
    expect(bodies()).to.deep.equal([written(21, "the other run's")]);
  });

  it("is shortened before its first collapsed part when it is too long", async () => {
    const body = `### Summary\n| a | b |\n<details>\n${"x".repeat(70_000)}\n</details>`;
    expect(await upsertComment(github, { ...comment, body })).to.equal("created");
    expect(bodies()).to.deep.equal([
      written(
        20,
        "### Summary\n| a | b |\n\n*The rest is too long for a comment; the summary of the run has it.*",
      ),
    ]);
  });

  it("is shortened when GitHub refuses its length all the same", async () => {
    let refused = false;
    standIn.before = ({ method }) => {
      if (method !== "POST" || refused) return undefined;
      refused = true;
      return { status: 422, body: { message: "Validation Failed: body is too long" } };
    };
    await upsertComment(github, { ...comment, body: `head\n<details>\n${"x".repeat(100)}` });
    expect(bodies()).to.deep.equal([
      written(20, "head\n\n*The rest is too long for a comment; the summary of the run has it.*"),
    ]);
  });

  it("is not forced on a pull request that the token may only read", async () => {
    standIn.before = ({ method }) =>
      method === "POST"
        ? { status: 403, body: { message: "Resource not accessible by integration" } }
        : undefined;
    expect(await upsertComment(github, comment)).to.equal("forbidden");
  });

  it("waits for a rate limit, as long as GitHub says", async () => {
    let limited = 0;
    standIn.before = ({ method }) => {
      if (method !== "POST" || limited === 2) return undefined;
      limited += 1;
      return {
        status: 403,
        body: { message: "You have exceeded a secondary rate limit" },
        headers: { "retry-after": "7" },
      };
    };
    expect(await upsertComment(github, comment)).to.equal("created");
    expect(pauses).to.deep.equal([7000, 7000]);
  });

  it("tries again after a fault of GitHub, and gives up after four tries", async () => {
    standIn.before = () => ({ status: 502, body: "<html>" });
    expect(await failure(upsertComment(github, comment))).to.equal(
      'GitHub answered 502 to GET /repos/o/r/issues/5/comments: "<html>"',
    );
    expect(pauses).to.deep.equal([1000, 2000, 4000]);
  });

  it("does not carry the token to another host", async () => {
    standIn.before = ({ method }) =>
      method === "GET"
        ? { status: 200, body: [], headers: { link: '<http://127.0.0.1:1/steal>; rel="next"' } }
        : undefined;
    expect(await upsertComment(github, comment)).to.equal("created");
  });
});
