// A lesson being read: tells the server once a minute that the page is in sight, and where the reader is;
// comes back to that place. Without script the server times from opening to "Ho finito".
import { Controller } from "@hotwired/stimulus";

const MINUTE = 60_000;

export default class extends Controller {
  static targets = ["body"];
  static values = { url: String, position: Number, csrf: String };

  connect() {
    this.place = this.positionValue;
    this.resume();
    this.timer = setInterval(() => this.beat(), MINUTE);
    this.hidden = () => document.visibilityState === "hidden" && this.beat(true);
    document.addEventListener("visibilitychange", this.hidden);
    this.watch = new IntersectionObserver((seen) => this.look(seen), { rootMargin: "0px 0px -60% 0px" });
    [...this.bodyTarget.children].forEach((block) => this.watch.observe(block));
  }

  disconnect() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.hidden);
    this.watch.disconnect();
  }

  look(seen) {
    const top = seen.find((entry) => entry.isIntersecting);
    if (top) this.place = [...this.bodyTarget.children].indexOf(top.target);
  }

  resume() {
    if (this.positionValue < 2 || location.hash) return;
    const block = this.bodyTarget.children[this.positionValue];
    if (block) block.scrollIntoView({ block: "start" });
  }

  beat(leaving = false) {
    if (!leaving && document.visibilityState !== "visible") return;
    const body = new URLSearchParams({ position: this.place, csrfmiddlewaretoken: this.csrfValue });
    fetch(this.urlValue, { method: "POST", body, keepalive: leaving, credentials: "same-origin" }).catch(() => {});
  }
}
