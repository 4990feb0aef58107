// "Ho finito" opens when the minimum time has passed. The server decides: this only says when.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  static targets = ["button", "words"];
  static values = { wait: Number, one: String, many: String, ready: String };

  connect() {
    if (this.waitValue <= 0) return;
    this.until = Date.now() + this.waitValue * 1000;
    this.buttonTarget.disabled = true;
    this.tick();
    this.timer = setInterval(() => this.tick(), 5000);
  }

  disconnect() {
    clearInterval(this.timer);
  }

  tick() {
    const left = this.until - Date.now();
    if (left <= 0) {
      clearInterval(this.timer);
      this.buttonTarget.disabled = false;
      this.say(this.readyValue);
      return;
    }
    const minutes = Math.ceil(left / 60_000);
    this.say(minutes === 1 ? this.oneValue : this.manyValue.replace("#", minutes));
  }

  say(words) {
    if (this.wordsTarget.textContent !== words) this.wordsTarget.textContent = words;
  }
}
