// A computation under way, by server-sent events. The browser opens a broken stream anew by itself.
import { tell, withdraw } from "./state.js";
import { number, say } from "./texts.js";

const AGAIN_MS = 3000;
let stop = null;

// Returns what ends the listening. `lost(true)`: the server knows no such job any more, as after its restart.
export function listen(address, { progress, end, lost }) {
  const events = new EventSource(address);
  const read = (event) => JSON.parse(event.data);
  let later = null;
  events.addEventListener("progress", (event) => progress(read(event)));
  events.addEventListener("end", (event) => {
    events.close();
    end(read(event));
  });
  events.addEventListener("error", () => {
    if (events.readyState === EventSource.CLOSED) later = setTimeout(() => lost(true), AGAIN_MS);
    else lost(false);
  });
  return () => {
    clearTimeout(later);
    events.close();
  };
}

// What stands before a job that waits; nothing once it is under way.
export const queueText = ({ runs_ahead: ahead }) => (ahead ? say("job.waiting", { count: number(ahead) }) : null);

function show(job) {
  const bar = document.getElementById("job-progress");
  const percent = number(job.progress * 100);
  if (bar) {
    bar.value = job.progress;
    document.getElementById("job-share").textContent = queueText(job) ?? `${percent} %`;
  } else if (job.runs_ahead) tell("progress", "job.waiting", { count: number(job.runs_ahead) });
  else tell("progress", "job.progress", { percent });
}

// A job of an earlier question is nobody's concern any more.
export function unfollow() {
  stop?.();
  stop = null;
  withdraw("progress", "failed");
}

// The one job whose end changes the page; asking again also has a lost one made anew.
export function follow(address, askAgain, gone) {
  unfollow();
  stop = listen(address, {
    progress: show,
    end(job) {
      withdraw("progress");
      if (job.status === "successful") askAgain();
      else tell("failed", "job.failed", { reason: job.error ?? job.status_text });
    },
    lost: (forGood) => (forGood ? askAgain() : gone()),
  });
}
