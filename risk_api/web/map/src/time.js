// The slider of minutes and its play button.
import { number, say } from "./texts.js";

const STEP_MS = 160;
const STEPS_OF_PLAY = 90;
const byId = (id) => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class TimeSlider {
  #playing = null;
  #plays = 0;

  // `moved(minute)`: draw it; `shown()`: whether the map shows times; `show()`: make it show them; `chosen()`: a hand left the slider.
  constructor(host) {
    this.host = host;
    this.minute = null;
    byId("time").addEventListener("input", (event) => {
      this.stop();
      this.set(Number(event.target.value));
      if (!host.shown()) host.show();
    });
    byId("time").addEventListener("change", host.chosen);
    byId("play").addEventListener("click", () => this.play());
  }

  // The last minute of the runs; a minute that was chosen before stays.
  span(last) {
    this.last = last;
    byId("time").max = last;
    this.set(Math.min(this.minute ?? last, last));
  }

  set(minute) {
    this.minute = minute;
    byId("time").value = minute;
    this.say();
    this.host.moved(minute);
  }

  say() {
    const text = say("time.text", { minutes: number(this.minute) });
    byId("time-text").textContent = text;
    byId("time").setAttribute("aria-valuetext", text);
  }

  stop() {
    this.#plays += 1;
    clearInterval(this.#playing);
    this.#playing = null;
    this.#button("time.play", false);
  }

  async play() {
    if (this.#playing) return this.stop();
    const mine = ++this.#plays;
    if (!this.host.shown()) await this.host.show();
    if (mine !== this.#plays || !this.host.shown()) return;
    if (calm.matches) return this.set(this.last);
    if (this.minute >= this.last) this.set(0);
    this.#button("time.pause", true);
    const stride = Math.max(1, Math.round(this.last / STEPS_OF_PLAY));
    this.#playing = setInterval(() => {
      this.set(Math.min(this.minute + stride, this.last));
      if (this.minute >= this.last) this.stop();
    }, STEP_MS);
  }

  #button(key, pressed) {
    byId("play").textContent = say(key);
    byId("play").setAttribute("aria-pressed", String(pressed));
  }
}
