// A link to pass on: the phone's own sheet where there is one, and the clipboard.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  static targets = ["address", "send", "copy", "words"];
  static values = { title: String };

  connect() {
    this.sendTarget.hidden = !navigator.share;
    this.copyTarget.hidden = !navigator.clipboard;
  }

  async send() {
    try {
      await navigator.share({ title: this.titleValue, url: this.addressTarget.value });
    } catch (error) {
      if (error.name !== "AbortError") this.addressTarget.select();
    }
  }

  async copy() {
    await navigator.clipboard.writeText(this.addressTarget.value);
    this.wordsTarget.textContent = this.wordsTarget.dataset.copied;
  }
}
