import { expect } from "chai";
import { code, fenced, label, oneLine, plainText } from "../../../src/review/comment/escape.ts";

describe("escape", () => {
  it("code spans: fences longer than what they hold, pipes escaped, one line", () => {
    expect(code("plain")).to.equal("`plain`");
    expect(code("a`b``c")).to.equal("```a`b``c```");
    expect(code("`edge`")).to.equal("`` `edge` ``");
    expect(code("a|b")).to.equal("`a\\|b`");
    expect(code(" \n\t ")).to.equal("` `");
    expect(code("two\nlines")).to.equal("`two lines`");
  });

  it("long texts lose their middle", () => {
    expect(oneLine("0123456789".repeat(3), 13)).to.equal("01234 … 56789");
    expect(oneLine("short", 13)).to.equal("short");
  });

  it("invisible and bidirectional characters show as their codes, half characters as a replacement", () => {
    expect(oneLine("a\u202eb\u200bc\u0000d\ud800")).to.equal("a\\u202eb\\u200bc\\u0000d\ufffd");
  });

  it("plain text holds no markup", () => {
    expect(plainText("<b>*a*_[x](y)_ `c` #1 @d | ~ http://e")).to.equal(
      "&lt;b&gt;&#42;a&#42;&#95;&#91;x&#93;(y)&#95; &#96;c&#96; &#35;1 &#64;d &#124; &#126; http&#58;//e",
    );
  });

  it("fenced blocks stay closed", () => {
    expect(fenced("text", ["a"])).to.equal("```text\na\n```");
    expect(fenced("diff", ["+ a", "````"])).to.equal("`````diff\n+ a\n````\n`````");
  });

  it("labels of diagrams hold no quotes, tags or entities", () => {
    expect(label('a "b" <c> #d; `e` 1.2+ (f)')).to.equal(
      '"a #34;b#34; #60;c#62; #35;d#59; #96;e#96; 1.2+ (f)"',
    );
  });
});
