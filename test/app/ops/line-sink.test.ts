import { expect } from "chai";
import { LineSink } from "../../../app/src/ops/line-sink.ts";

/** A reader that can stop, take part of a write, or be gone. */
class Reader {
  text = "";
  writes: number[] = [];
  room = Infinity;
  error: string | undefined;

  readonly write = (buffer: Buffer, offset: number, length: number): number => {
    if (this.error !== undefined) throw failure(this.error);
    if (this.room <= 0) throw failure("EAGAIN");
    const taken = Math.min(length, this.room);
    this.room -= taken;
    this.writes.push(taken);
    this.text += buffer.toString("utf8", offset, offset + taken);
    return taken;
  };
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

function sinkTo(reader: Reader, capacityBytes = 1_048_576): LineSink {
  return new LineSink(reader.write, {
    capacityBytes,
    droppedLine: (count) => `dropped ${count}\n`,
  });
}

describe("LineSink", () => {
  it("writes nothing before the flush, then all lines in order", () => {
    const reader = new Reader();
    const sink = sinkTo(reader);

    sink.push("one\n");
    sink.push("zwölf €\n");
    expect(reader.text).to.equal("");
    sink.flush();

    expect(reader.text).to.equal("one\nzwölf €\n");
  });

  it("flushes by itself after 250 ms", async () => {
    const reader = new Reader();
    const sink = sinkTo(reader);

    sink.push("one\n");
    await new Promise((resolve) => setTimeout(resolve, 400));

    expect(reader.text).to.equal("one\n");
  });

  it("flushes at once when 16 KiB wait", () => {
    const reader = new Reader();
    const sink = sinkTo(reader);
    const line = `${"x".repeat(1023)}\n`;

    for (let i = 0; i < 15; i += 1) sink.push(line);
    expect(reader.text.length).to.equal(0);
    sink.push(line);

    expect(reader.text.length).to.equal(16_384);
  });

  it("writes whole lines of at most 4096 bytes together, so that processes never tear each other's lines", () => {
    const reader = new Reader();
    const sink = sinkTo(reader);

    for (let i = 0; i < 10; i += 1) sink.push(`${"x".repeat(999)}\n`);
    sink.flush();

    expect(reader.writes).to.deep.equal([4000, 4000, 2000]);
  });

  it("writes a line longer than that in one piece", () => {
    const reader = new Reader();
    const sink = sinkTo(reader);

    sink.push("short\n");
    sink.push(`${"x".repeat(5999)}\n`);
    sink.push("short\n");
    sink.flush();

    expect(reader.writes).to.deep.equal([6, 6000, 6]);
  });

  it("goes on in the middle of a line after a partial write", () => {
    const reader = new Reader();
    const sink = sinkTo(reader);
    reader.room = 5;

    sink.push("first\n");
    sink.push("second\n");
    sink.flush();
    expect(reader.text).to.equal("first");
    reader.room = Infinity;
    sink.flush();

    expect(reader.text).to.equal("first\nsecond\n");
  });

  it("keeps up to its capacity while the reader is stopped, drops and counts the rest, and reports the count", () => {
    const reader = new Reader();
    const sink = sinkTo(reader, 65_536);
    reader.room = 0;
    const line = `${"x".repeat(99)}\n`;

    for (let i = 0; i < 10_000; i += 1) sink.push(line);
    const { dropped } = sink;
    reader.room = Infinity;
    sink.flush();

    const kept = reader.text.split("\n").filter((text) => text.startsWith("x")).length;
    expect(kept + dropped).to.equal(10_000);
    // Room is asked for three bytes a character, the most that UTF-8 takes.
    expect(kept).to.equal(Math.floor((65_536 - 300) / 100) + 1);
    expect(reader.text.endsWith(`x\ndropped ${dropped}\n`)).to.be.true;
  });

  it("writes by itself once the reader is back", async () => {
    const reader = new Reader();
    const sink = sinkTo(reader);
    reader.room = 0;
    sink.push("one\n");
    sink.flush();

    reader.room = Infinity;
    await new Promise((resolve) => setTimeout(resolve, 150));

    expect(reader.text).to.equal("one\n");
  });

  it("survives a reader that is gone, and reports what was lost to the next one", () => {
    const reader = new Reader();
    const sink = sinkTo(reader);
    reader.error = "EPIPE";
    sink.push("one\n");
    sink.push("two\n");
    sink.flush();
    sink.push("three\n");
    sink.flush();

    reader.error = undefined;
    sink.push("four\n");
    sink.flush();

    expect(reader.text).to.equal("four\ndropped 3\n");
    expect(sink.dropped).to.equal(3);
  });

  it("gives up at the end after the time it was given", () => {
    const reader = new Reader();
    const sink = sinkTo(reader);
    reader.room = 0;
    sink.push("one\n");

    const before = performance.now();
    sink.end(60);
    const waited = performance.now() - before;

    expect(waited).to.be.within(55, 2000);
    expect(reader.text).to.equal("");
  });
});
