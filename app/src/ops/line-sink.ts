/**
 * Writes to a descriptor without waiting: returns the bytes taken, throws EAGAIN when it takes none now.
 */
export type WriteNow = (buffer: Buffer, offset: number, length: number) => number;

export interface LineSinkOptions {
  /** Bytes kept for a reader that does not keep up; lines beyond are dropped. Default 1 MiB. */
  readonly capacityBytes?: number;
  /** Bytes that start a write at once. Default 16 KiB. */
  readonly flushBytes?: number;
  /** Longest time a line waits. Default 250 ms. */
  readonly flushMilliseconds?: number;
  /** The line (with its newline) that reports dropped lines. */
  readonly droppedLine: (count: number) => string;
}

/**
 * Several processes write to one pipe: only writes of at most PIPE_BUF bytes are atomic (pipe(7), 4096 on Linux).
 */
const ATOMIC_BYTES = 4096;
const NEWLINE = 10;
const FIRST_RETRY_MILLISECONDS = 5;

/**
 * Buffers lines and writes them in batches, never waiting for the reader: while the reader is stopped, memory
 * stays within the capacity, lines beyond it are counted, and the count is written once the reader is back.
 */
export class LineSink {
  readonly #write: WriteNow;
  readonly #options: Required<LineSinkOptions>;
  #buffer: Buffer;
  #head = 0;
  #tail = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerMilliseconds = 0;
  #retryMilliseconds = FIRST_RETRY_MILLISECONDS;
  #droppedTotal = 0;
  #droppedUnreported = 0;
  /** Dropped lines named by a report that is still in the buffer. */
  #droppedReporting = 0;

  constructor(write: WriteNow, options: LineSinkOptions) {
    this.#write = write;
    this.#options = {
      capacityBytes: 1_048_576,
      flushBytes: 16_384,
      flushMilliseconds: 250,
      ...options,
    };
    this.#buffer = Buffer.allocUnsafeSlow(
      Math.min(this.#options.capacityBytes, this.#options.flushBytes * 4),
    );
  }

  /** Lines dropped since the start. */
  get dropped(): number {
    return this.#droppedTotal;
  }

  /** Takes one line that ends in a newline; drops and counts it when the capacity is used up. */
  push(line: string): void {
    if (!this.#hasRoom(line.length * 3)) {
      this.#countDropped(1);
      return;
    }
    this.#tail += this.#buffer.write(line, this.#tail, "utf8");
    if (this.#retryMilliseconds > FIRST_RETRY_MILLISECONDS) return;
    if (this.#tail - this.#head >= this.#options.flushBytes) this.flush();
    else this.#schedule(this.#options.flushMilliseconds);
  }

  /** Writes what the descriptor takes now; the rest is tried again later. */
  flush(): void {
    this.#cancel();
    if (this.#writeAll()) {
      this.#retryMilliseconds = FIRST_RETRY_MILLISECONDS;
      return;
    }
    this.#retryMilliseconds = Math.min(this.#retryMilliseconds * 2, 100);
    this.#schedule(this.#retryMilliseconds);
  }

  /** Writes the rest before the process ends, waiting at most `milliseconds` for the reader. */
  end(milliseconds: number): void {
    this.#cancel();
    const deadline = performance.now() + milliseconds;
    const cell = new Int32Array(new SharedArrayBuffer(4));
    while (!this.#writeAll() && performance.now() < deadline) Atomics.wait(cell, 0, 0, 5);
    this.#cancel();
  }

  #schedule(milliseconds: number): void {
    if (this.#timer !== undefined && this.#timerMilliseconds <= milliseconds) return;
    this.#cancel();
    this.#timerMilliseconds = milliseconds;
    this.#timer = setTimeout(() => {
      this.flush();
    }, milliseconds).unref();
  }

  #cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** True when everything has been written. */
  #writeAll(): boolean {
    try {
      this.#writeChunks();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return false;
      // The reader is gone (EPIPE) or the disk is full: logging must never stop the service.
      const reports = this.#droppedReporting > 0 ? 1 : 0;
      this.#countDropped(countLines(this.#buffer, this.#head, this.#tail) - reports);
      this.#droppedUnreported += this.#droppedReporting;
      this.#droppedReporting = 0;
      this.#head = this.#tail = 0;
    }
    return true;
  }

  #writeChunks(): void {
    for (;;) {
      while (this.#head < this.#tail) {
        this.#head += this.#write(this.#buffer, this.#head, this.#chunkLength());
      }
      this.#head = this.#tail = 0;
      this.#droppedReporting = 0;
      if (this.#droppedUnreported === 0) return;
      const line = this.#options.droppedLine(this.#droppedUnreported);
      this.#tail = this.#buffer.write(line, 0, "utf8");
      this.#droppedReporting = this.#droppedUnreported;
      this.#droppedUnreported = 0;
    }
  }

  /** Whole lines up to the atomic size; a single longer line in one piece. */
  #chunkLength(): number {
    const waiting = this.#tail - this.#head;
    if (waiting <= ATOMIC_BYTES) return waiting;
    const lastNewline = this.#buffer.lastIndexOf(NEWLINE, this.#head + ATOMIC_BYTES - 1);
    if (lastNewline >= this.#head) return lastNewline + 1 - this.#head;
    return this.#buffer.indexOf(NEWLINE, this.#head) + 1 - this.#head;
  }

  #hasRoom(bytes: number): boolean {
    if (this.#tail + bytes <= this.#buffer.length) return true;
    if (this.#head > 0) {
      this.#buffer.copyWithin(0, this.#head, this.#tail);
      this.#tail -= this.#head;
      this.#head = 0;
      if (this.#tail + bytes <= this.#buffer.length) return true;
    }
    if (this.#buffer.length >= this.#options.capacityBytes) return false;
    const size = Math.min(
      this.#options.capacityBytes,
      Math.max(this.#buffer.length * 2, this.#tail + bytes),
    );
    const grown = Buffer.allocUnsafeSlow(size);
    this.#buffer.copy(grown, 0, 0, this.#tail);
    this.#buffer = grown;
    return this.#tail + bytes <= size;
  }

  #countDropped(count: number): void {
    this.#droppedTotal += count;
    this.#droppedUnreported += count;
  }
}

function countLines(buffer: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = buffer.indexOf(NEWLINE, from); at !== -1 && at < to;) {
    count += 1;
    at = buffer.indexOf(NEWLINE, at + 1);
  }
  return count;
}
