// A <details> that is a menu: closes on Escape, on a click elsewhere, and when the focus has left it.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  connect() {
    this.outside = (event) => {
      if (!this.element.contains(event.target)) this.element.open = false;
    };
    this.keys = (event) => {
      if (event.key !== "Escape" || !this.element.open) return;
      this.element.open = false;
      this.element.querySelector("summary").focus();
    };
    document.addEventListener("click", this.outside);
    document.addEventListener("focusin", this.outside);
    this.element.addEventListener("keydown", this.keys);
  }

  disconnect() {
    document.removeEventListener("click", this.outside);
    document.removeEventListener("focusin", this.outside);
    this.element.removeEventListener("keydown", this.keys);
  }
}
