// In place of a queue: a piece of work a second, until the task is to end.
const ending = new AbortController();

process.once("SIGTERM", () => {
  ending.abort();
});

for (let done = 1; !ending.signal.aborted; done += 1) {
  console.log(JSON.stringify({ level: "info", msg: "work done", done }));
  await new Promise((resume) => setTimeout(resume, 1000));
}
console.log(JSON.stringify({ level: "info", msg: "worker ends" }));
