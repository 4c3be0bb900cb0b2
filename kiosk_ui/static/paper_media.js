// The paper's picture files: fetched after the paper, in its order, kept in the page's memory, tried again until all are there.

import { say } from "./page_texts.js";

const AT_ONCE = 2;
const LONGEST_WAIT_MS = 15000;

export class PaperMedia {
  /** `onSignedOut()` is called once when the server no longer knows this sign-in. */
  constructor(root, onSignedOut) {
    this.onSignedOut = onSignedOut;
    this.pictures = new Map();
    for (const image of root.querySelectorAll("img[data-media]")) {
      const token = image.dataset.media;
      this.pictures.set(token, [...(this.pictures.get(token) || []), withNote(image)]);
    }
    this.queue = [...this.pictures.keys()];
    this.missing = this.queue.length;
    this.isStopped = false;
  }

  /** Tell whether every picture is here, so that the paper can go on without the server. */
  get isComplete() {
    return this.missing === 0;
  }

  start() {
    for (let lane = 0; lane < AT_ONCE; lane += 1) this.run();
  }

  stop() {
    this.isStopped = true;
  }

  async run() {
    while (this.queue.length && !this.isStopped) {
      const token = this.queue.shift();
      await this.fetchUntilHere(token);
    }
  }

  async fetchUntilHere(token) {
    for (let failures = 0; !this.isStopped; failures += 1) {
      if (await this.tryOnce(token)) return;
      const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** failures);
      await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
    }
  }

  /** One attempt. Tells whether the picture shows now. */
  async tryOnce(token) {
    try {
      const reply = await fetch(`/media/${token}`, { cache: "no-store" });
      if (reply.status === 401) {
        this.stop();
        this.onSignedOut();
        return false;
      }
      if (!reply.ok) return false;
      const address = URL.createObjectURL(await reply.blob());
      await Promise.all(this.pictures.get(token).map(({ image }) => shown(image, address)));
    } catch (error) {
      return false;
    }
    for (const { note } of this.pictures.get(token)) note.remove();
    this.missing -= 1;
    return true;
  }
}

/** A picture that has not come yet says so, with what it shows in words. */
function withNote(image) {
  const note = document.createElement("span");
  note.className = "picture-note";
  note.textContent = image.alt ? say("picture_missing_named", { name: image.alt }) : say("picture_missing");
  image.hidden = true;
  image.after(note);
  return { image, note };
}

function shown(image, address) {
  return new Promise((resolve, reject) => {
    image.onload = () => {
      image.hidden = false;
      resolve();
    };
    image.onerror = () => reject(new Error("picture not decoded"));
    image.src = address;
  });
}
