// A part of a page whose forms are sent without leaving it: a class goes on meanwhile. Says what is wrong where one
// stands, shows how much of a file has gone, and reads its list again while something in it is being prepared.
import { Controller } from "@hotwired/stimulus";

const AGAIN = 1500;

export default class extends Controller {
  static targets = ["error", "list", "progress", "words"];
  static values = { url: String, sending: String, lost: String };

  connect() {
    this.wait();
  }

  disconnect() {
    clearTimeout(this.timer);
  }

  chosen(event) {
    if (event.target.matches("[data-send-when-chosen]") && event.target.files.length) event.target.form.requestSubmit();
  }

  send(event) {
    if (event.defaultPrevented) return; // the class itself took it
    event.preventDefault();
    const form = event.target;
    if (form.dataset.sending) return;
    form.dataset.sending = "yes";
    this.say("");
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    const hasFile = form.querySelector("input[type=file]");
    if (hasFile) {
      this.progress(0);
      request.upload.onprogress = (moment) => this.progress(moment.total ? Math.floor((moment.loaded * 100) / moment.total) : 0);
    }
    request.onloadend = () => {
      delete form.dataset.sending;
      if (this.hasProgressTarget) this.progressTarget.hidden = true;
      if (request.status >= 200 && request.status < 300) this.done(form);
      else this.say(request.response?.sentence || this.lostValue || form.dataset.lost || "…", form);
    };
    request.send(new FormData(form, event.submitter));
  }

  done(form) {
    if ("reload" in form.dataset) return location.reload();
    form.reset();
    if (this.element.matches("details")) this.element.open = false;
    this.refresh();
  }

  progress(percent) {
    if (!this.hasProgressTarget) return;
    this.progressTarget.hidden = false;
    this.progressTarget.querySelector("progress").value = percent;
    const words = this.sendingValue.replace("#", percent);
    // A screen reader hears the quarters, not each step.
    if (percent % 25 === 0 || !this.wordsTarget.textContent) this.wordsTarget.textContent = words;
  }

  say(sentence, form) {
    if (!this.hasErrorTarget) return;
    this.errorTarget.textContent = sentence;
    this.errorTarget.hidden = !sentence;
    if (sentence) form?.querySelector("input:not([type=hidden]), textarea")?.focus();
  }

  async refresh() {
    if (!this.urlValue || !this.hasListTarget) return;
    clearTimeout(this.timer);
    try {
      const answer = await fetch(this.urlValue, { headers: { accept: "text/html" }, redirect: "manual" });
      if (answer.ok) this.put(await answer.text());
    } catch {
      // no line: the old list stays until the next try
    }
    this.wait();
  }

  // The server's own words, made by its own template. What had the focus has it again.
  put(html) {
    const list = this.listTarget;
    if (list.querySelector("details[open]")) return;
    const focused = list.contains(document.activeElement) && document.activeElement.id;
    list.replaceChildren(document.createRange().createContextualFragment(html));
    if (focused) document.getElementById(focused)?.focus();
    this.dispatch("changed");
  }

  wait() {
    clearTimeout(this.timer);
    if (this.hasListTarget && this.listTarget.querySelector("[data-waiting]")) this.timer = setTimeout(() => this.refresh(), AGAIN);
  }
}
