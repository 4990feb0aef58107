// Text size and contrast at once, without loading the page again; the form tells the server as it would anyway.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  choose(event) {
    const button = event.submitter;
    if (!button) return;
    event.preventDefault();
    const data = new FormData(this.element, button);
    fetch(this.element.action, { method: "POST", body: data, redirect: "manual" }).catch(() => {});
    document.documentElement.dataset[button.name === "size" ? "text" : "contrast"] = button.value;
    for (const other of button.parentElement.children) other.removeAttribute("aria-pressed");
    button.setAttribute("aria-pressed", "true");
  }
}
