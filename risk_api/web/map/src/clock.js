// The clock of an event: when the flow started, how long ago that is, and how many minutes each district has left.
import { number, say } from "./texts.js";

const EVERY_MS = 10_000;
const field = () => document.getElementById("started");

function since_s() {
  const started = field().value ? new Date(field().value) : null;
  return started && !Number.isNaN(started.getTime()) ? (Date.now() - started.getTime()) / 1000 : null;
}

// The server's minutes stay in the table; what is left of them stands below each.
export function tick() {
  const since = since_s();
  const running = since !== null && since >= 0;
  let next = null;
  for (const cell of document.querySelectorAll(".clock td[data-seconds]")) {
    cell.querySelector(".left")?.remove();
    if (!running) continue;
    const left_min = (Number(cell.dataset.seconds) - since) / 60;
    const text = document.createElement("small");
    text.className = left_min < 0 ? "left over" : "left";
    text.textContent =
      left_min < 0 ? say("clock.over", { minutes: number(Math.floor(-left_min)) }) : say("clock.left", { minutes: number(Math.floor(left_min)) });
    cell.append(text);
    if (left_min >= 0 && (next === null || left_min < next.left_min)) {
      next = { left_min, name: cell.closest("tr").querySelector("th").innerText.trim() };
    }
  }
  document.getElementById("clock-text").textContent = clockText(since, running, next);
}

function clockText(since, running, next) {
  if (since === null) return "";
  if (!running) return say("clock.future");
  const parts = [say("clock.since", { minutes: number(Math.floor(since / 60)) })];
  if (next) parts.push(say("clock.next", { name: next.name, minutes: number(Math.floor(next.left_min)) }));
  return parts.join(" ");
}

export function startClock() {
  document.getElementById("event-clock").hidden = false;
  field().addEventListener("input", tick);
  document.getElementById("started-now").addEventListener("click", () => {
    const now = new Date();
    // A local time, as the field wants it.
    field().value = new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
    tick();
  });
  setInterval(tick, EVERY_MS);
  tick();
}
