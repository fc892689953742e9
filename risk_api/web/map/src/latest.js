// Of several questions on one matter only the newest counts: what arrives late for an older one is left.
export class Latest {
  #current = null;

  // A signal that is aborted as soon as a newer question is asked: for `fetch`, and to look at after each wait.
  next() {
    this.#current?.abort();
    this.#current = new AbortController();
    return this.#current.signal;
  }
}
