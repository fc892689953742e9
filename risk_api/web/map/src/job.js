// A computation under way, by server-sent events.
import { tell, withdraw } from "./state.js";
import { number } from "./texts.js";

let followed = null;

function show(job) {
  const bar = document.getElementById("job-progress");
  const percent = number(job.progress * 100);
  if (bar) {
    bar.value = job.progress;
    document.getElementById("job-share").textContent = `${percent} %`;
  } else tell("progress", "job.progress", { percent });
}

// A job of an earlier question is nobody's concern any more.
export function unfollow() {
  followed?.close();
  followed = null;
  withdraw("progress", "failed");
}

export function follow(address, whenDone) {
  unfollow();
  const events = new EventSource(address);
  followed = events;
  const read = (event) => JSON.parse(event.data);
  events.addEventListener("progress", (event) => show(read(event)));
  events.addEventListener("end", (event) => {
    events.close();
    withdraw("progress");
    const job = read(event);
    if (job.status === "successful") whenDone(job);
    else tell("failed", "job.failed", { reason: job.error ?? job.status_text });
  });
}
