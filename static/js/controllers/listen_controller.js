// "Ascolta": reads a lesson aloud with the voice of the device, block by block. Hidden where there is none.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  static targets = ["button", "label"];
  static values = { of: String, language: String };

  connect() {
    if (!("speechSynthesis" in window)) return;
    this.element.hidden = false;
    this.stopped = () => this.stop();
    window.addEventListener("pagehide", this.stopped);
  }

  disconnect() {
    window.removeEventListener("pagehide", this.stopped);
    this.stop();
  }

  toggle() {
    if (this.playing) return this.stop();
    const source = document.getElementById(this.ofValue);
    this.blocks = [...source.querySelectorAll("h2, h3, h4, p, li, figcaption")].filter(
      (block) => block.innerText.trim() && !block.closest("details:not([open])") && !block.querySelector("p, li"),
    );
    this.playing = true;
    this.show();
    this.next();
  }

  next() {
    this.current?.classList.remove("is-being-read");
    this.current = this.blocks.shift();
    if (!this.playing || !this.current) return this.stop();
    this.current.classList.add("is-being-read");
    this.current.scrollIntoView({ block: "nearest" });
    const speech = new SpeechSynthesisUtterance(this.current.innerText);
    speech.lang = this.languageValue === "it" ? "it-IT" : this.languageValue;
    speech.rate = 0.9;
    speech.onend = () => this.playing && this.next();
    speech.onerror = () => this.stop();
    window.speechSynthesis.speak(speech);
  }

  stop() {
    this.playing = false;
    if ("speechSynthesis" in window) window.speechSynthesis.cancel();
    this.current?.classList.remove("is-being-read");
    this.current = null;
    if (this.hasButtonTarget) this.show();
  }

  show() {
    this.buttonTarget.setAttribute("aria-pressed", String(this.playing));
    const label = this.labelTarget;
    label.textContent = this.playing ? label.dataset.stop : label.dataset.start;
  }
}
