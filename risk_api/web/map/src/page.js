// What the page does around its tables, map or no map: another question, the clock, jobs, a server that is gone.
// It is small, so that the first table is drawn and can be used while the map is still on its way.
import { ask, askOnce, Refused } from "./answers.js";
import { startClock, tick } from "./clock.js";
import { addresses } from "./flow_addresses.js";
import { follow, unfollow } from "./job.js";
import { keepForLater } from "./keep.js";
import { Latest } from "./latest.js";
import { goTo, watchServer, whenBack } from "./navigate.js";
import { now, take } from "./settings.js";
import { show as showState, tell } from "./state.js";
import { say, speak } from "./texts.js";

const LONGEST_WAIT_MS = 1000;
const byId = (id) => document.getElementById(id);
const making = new Latest();
let map = null;
let asking = 0;
// Whether the question of the address waits for a server that is gone: a job's end may have been missed.
let owed = false;

const gone = () => watchServer(now().root);

function askAgain() {
  owed = true;
  return question(location.href.split("#")[0], { push: false });
}

async function question(address, options) {
  asking += 1;
  const next = await goTo(address, now().root, options);
  asking -= 1;
  if (!next) return;
  owed = false;
  making.next();
  unfollow();
  const before = take(next);
  speak(next);
  showState();
  tick();
  followJob();
  await map?.question(before, options);
}

function followJob() {
  const { job, root, language } = now();
  if (job) follow(`${root}/v1/jobs/${job}/events?lang=${language}`, askAgain, gone);
}

// Runs that an answer further down needs: asked for by its own address, which says the job that makes them.
async function make(address) {
  const signal = making.next();
  try {
    const response = await ask(address, { signal });
    if (response.status !== 202) return askAgain();
    const { job } = await response.json();
    if (signal.aborted) return;
    follow(`${now().root}/v1/jobs/${job.id}/events?lang=${now().language}`, askAgain, gone);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof Refused) tell("refused", "refused", { reason: error.message });
    else gone();
  }
}

async function showShaken({ href }) {
  const [address, hash] = href.split("#");
  await question(address);
  if (now().scenario.id !== new URL(address).searchParams.get("scenario")) return;
  await map.shaken(new URLSearchParams(hash).get("shaken"));
  byId("maps").scrollIntoView({ block: "center" });
}

function wire() {
  const main = document.querySelector("main");
  main.addEventListener("change", (event) => {
    if (event.target.form?.id === "pickers") event.target.form.requestSubmit();
  });
  main.addEventListener("submit", (event) => {
    if (event.target.closest("#map-part")) return;
    event.preventDefault();
    const query = new URLSearchParams([...new FormData(event.target)].filter(([, value]) => value !== ""));
    question(`${now().root}/?${query}`);
  });
  main.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-makes], a[data-shaken]");
    if (!link || (link.dataset.shaken !== undefined && !map)) return;
    event.preventDefault();
    if (link.dataset.makes !== undefined) make(link.href);
    else showShaken(link);
  });
  addEventListener("popstate", askAgain);
  addEventListener("offline", gone);
  addEventListener("online", gone);
  whenBack(() => {
    if (owed && asking === 0) askAgain();
  });
}

// The table first: whatever the map needs is started once a frame is on the screen, or where the browser does not say so.
function painted() {
  return new Promise((resolve) => {
    const seen = new PerformanceObserver((entries) => {
      if (entries.getEntriesByName("first-contentful-paint").length > 0) resolve();
    });
    seen.observe({ type: "paint", buffered: true });
    requestAnimationFrame(() => setTimeout(resolve, LONGEST_WAIT_MS));
  });
}

// Asked for while the map's script is still being read; `askOnce` keeps the answers and tells failures to who uses them.
function askAhead({ root, language, sides, ...settings }) {
  const runs = [...new Set(sides.map(({ run }) => run).filter(Boolean))];
  const layers = ["rivers", "districts", "dams"].map((name) => `${root}/v1/${name}?lang=${language}`);
  const footprints = runs.map((run) => addresses.footprint({ root, language, ...settings }, run));
  for (const address of [...footprints, ...layers]) askOnce(address).catch(() => null);
}

function style() {
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", href: `${now().files}${byId("map-part").dataset.style}` });
  return new Promise((resolve, reject) => {
    link.addEventListener("load", resolve);
    link.addEventListener("error", () => reject(new Error(link.href)));
    document.head.append(link);
  });
}

async function start() {
  speak(now());
  document.documentElement.dataset.script = "ready";
  wire();
  startClock();
  followJob();
  await painted();
  gone();
  askAhead(now());
  const styled = style();
  try {
    const { openMap } = await import("./map.js");
    await styled;
    // Known before it is open: a question that is asked meanwhile is for it, too.
    map = openMap();
    await map?.open();
  } catch (error) {
    // Blocked or cut off on the way: the sentence that stands there says so. What is wrong is for the console.
    console.error(error);
  }
  await keepForLater(now());
}

start();
