// A dam that is drawn on the map: computed without and with it, compared under the swipe, shared by a link.
import { ask, isGone, Refused } from "./answers.js";
import { clearErrors, markErrors } from "./field_errors.js";
import { listen, queueText } from "./job.js";
import { figure, openings, wireOutlet } from "./outlet.js";
import { count, element, number, say, wholeMinutes } from "./texts.js";

const byId = (id) => document.getElementById(id);
const thousand = (m3) => number(m3 === null || m3 === undefined ? null : m3 / 1000);

export class WhatIf {
  // `host`: the settings of now, the maps, what to do with an answer, and where a click goes while drawing.
  constructor(host) {
    this.host = host;
    this.drawing = false;
    this.job = null;
    // The answer that waits for a server that is gone.
    this.owed = null;
    host.whenBack(() => this.owed && this.open(this.owed));
    byId("what-if").hidden = false;
    wireOutlet();
    byId("draw").addEventListener("click", () => this.draw(!this.drawing));
    byId("draw-clear").addEventListener("click", () => this.write([]));
    byId("axis").addEventListener("input", () => this.show());
    byId("what-if-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.run();
    });
    byId("dam-stop").addEventListener("click", () => this.stop());
  }

  draw(on) {
    this.drawing = on;
    byId("draw").textContent = say(on ? "whatif.done" : "whatif.draw");
    byId("draw").setAttribute("aria-pressed", String(on));
    this.host.each((map) => {
      map.getCanvas().style.cursor = on ? "crosshair" : "";
      map.doubleClickZoom[on ? "disable" : "enable"]();
    });
  }

  points() {
    const lines = byId("axis").value.split("\n").map((line) => line.trim()).filter(Boolean);
    const points = lines.map((line) => line.split(/[\s,;]+/).map(Number));
    return points.every((point) => point.length === 2 && point.every(Number.isFinite))
      ? points.map(([lat, lon]) => [lon, lat])
      : [];
  }

  add(lon, lat) {
    this.write([...this.points(), [lon, lat]]);
  }

  write(points) {
    byId("axis").value = points.map(([lon, lat]) => `${lat.toFixed(5)}, ${lon.toFixed(5)}`).join("\n");
    this.show();
  }

  show() {
    const points = this.points();
    const geometry =
      points.length > 1 ? { type: "LineString", coordinates: points } : { type: "MultiPoint", coordinates: points };
    this.host.each((map) => map.getSource("drawn").setData({ type: "Feature", properties: {}, geometry }));
  }

  tell(...parts) {
    byId("what-if-state").replaceChildren(...parts);
  }

  fail(reason) {
    this.tell(element("p", { class: "failed" }, say("whatif.failed", { reason })));
    this.ended();
  }

  ended() {
    this.job = null;
    byId("dam-stop").hidden = true;
    byId("dam-run").disabled = false;
  }

  // What can be mended is said where it is mended; the sentence names the fields for those who hear the page.
  refuse({ message, fields }) {
    const isMarked = markErrors(byId("what-if-form"), fields);
    this.fail(isMarked ? [...new Set(fields.map(({ detail }) => detail))].join("; ") : message);
  }

  question() {
    return {
      scenario: this.host.settings().scenario.id,
      strategy: byId("dam-strategy").value,
      quality: byId("dam-final").checked ? "final" : "preview",
      dams: [
        {
          axis: this.points(),
          height_m: figure("dam-height"),
          openings: openings(),
        },
      ],
    };
  }

  async run() {
    clearErrors(byId("what-if-form"));
    if (this.points().length < 2) {
      this.refuse({ fields: [{ field: "dams[0].axis", detail: say("whatif.two_points") }] });
      return;
    }
    this.draw(false);
    this.owed = null;
    byId("dam-run").disabled = true;
    const { root, language } = this.host.settings();
    try {
      const answer = await ask(`${root}/v1/simulations?lang=${language}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(this.question()),
      });
      const { job, links } = await answer.json();
      this.follow(job.id, links.find(({ rel }) => rel === "results").href);
    } catch (error) {
      if (error instanceof Refused && !error.isGateway) this.refuse(error);
      else {
        this.ended();
        this.host.gone();
      }
    }
  }

  follow(job, results) {
    const { root, language } = this.host.settings();
    const bar = element("progress", { max: 1, value: 0, "aria-label": say("whatif.progress", { percent: "" }) });
    const text = element("span", {}, say("whatif.progress", { percent: 0 }));
    this.tell(bar, " ", text);
    this.job = job;
    byId("dam-run").disabled = true;
    byId("dam-stop").hidden = false;
    listen(`${root}/v1/jobs/${job}/events?lang=${language}`, {
      progress: (now) => {
        bar.value = now.progress;
        text.textContent = queueText(now) ?? say("whatif.progress", { percent: number(now.progress * 100) });
      },
      end: (ended) => {
        if (ended.status === "successful") this.open(results);
        else this.fail(ended.error ?? ended.status_text);
      },
      // Asked for again, an answer that is not made names the job that makes it now.
      lost: (forGood) => (forGood ? this.open(results) : this.host.gone()),
    });
  }

  async stop() {
    const { root } = this.host.settings();
    if (this.job) await ask(`${root}/v1/jobs/${this.job}`, { method: "DELETE" }).catch(() => this.host.gone());
  }

  // An answer that is made, or the job that is making it: a shared link may come before its end.
  async open(address) {
    const { language, scheme } = this.host.settings();
    this.owed = null;
    try {
      const response = await ask(`${address}?lang=${language}&scheme=${scheme.id}`);
      const answer = await response.json();
      byId("what-if").open = true;
      if (response.status === 202) return this.follow(answer.job.id, address);
      this.ended();
      this.tell();
      this.answer(answer);
    } catch (error) {
      if (!isGone(error)) return this.fail(error.message);
      this.owed = address;
      this.host.goneUntilBack();
    }
  }

  answer(answer) {
    const { dams: [dam], quality } = answer;
    if (dam.axis) this.write(dam.axis.coordinates);
    const link = element("a", { href: this.host.shareLink(answer.id, answer.scenario.id) }, say("whatif.share"));
    byId("what-if-answer").replaceChildren(
      table(answer.features),
      // The tables of the page may be finer: the same scenario has other numbers there.
      element("p", { class: "note" }, say("whatif.quality", { cell: number(quality.cell_size_m), text: quality.text })),
      ...answer.dams.flatMap((one) => [held(one), ...one.told.map((text) => element("p", {}, text))]),
      element("p", { class: "links" }, link),
      element("img", { src: dam.drawing, alt: say("whatif.curve"), class: "curve", loading: "lazy" }),
      ...answer.notes.map((note) => element("p", { class: "note" }, note)),
    );
    // Asked for before the reader went on to another scenario, it is told but does not take that one's place.
    if (answer.scenario.id !== this.host.settings().scenario.id) return;
    const run = (name) => answer.links.find(({ rel }) => rel === `run-${name}`).href.split("/").pop();
    this.host.compare(
      ["without", "with"].map((name) => ({ id: name, name: say(`whatif.${name}`), run: run(name) })),
      answer.id,
    );
  }
}

function held(dam) {
  const { record } = dam;
  return element(
    "p", {},
    say("whatif.holds", {
      name: dam.name,
      height: number(dam.height_m, 1),
      capacity: thousand(dam.capacity_m3),
      stored: thousand(record?.stored_m3),
      passed: thousand(record?.passed_m3),
      over: thousand(record?.overflow_m3),
    }),
  );
}

function cell({ people_exposed: people, first_person_s: seconds }) {
  const minutes = seconds === null ? "" : ` (${say("time.text", { minutes: wholeMinutes(seconds) })})`;
  return element("td", { class: "num" }, count(people) + minutes);
}

function table(features) {
  const reached = features.filter(({ properties: { strategies } }) =>
    Object.values(strategies).some(({ first_arrival_s: first }) => first !== null),
  );
  if (reached.length === 0) return element("p", {}, say("whatif.nobody"));
  const heads = ["district", "without", "with", "change"].map((key) =>
    element("th", { scope: "col", class: key === "district" ? null : "num" }, say(`whatif.${key}`)),
  );
  const rows = reached.map(({ properties: { name, strategies, differences } }) =>
    element(
      "tr", {},
      element("th", { scope: "row" }, name),
      cell(strategies.without),
      cell(strategies.with),
      element("td", { class: "num" }, count(differences["without..with"].people_exposed, true)),
    ),
  );
  return element(
    "table", {},
    element("caption", {}, say("whatif.caption")),
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...rows),
  );
}
