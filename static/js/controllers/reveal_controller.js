// A row that scrolls sideways: brings the page one is on into view.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  connect() {
    const here = this.element.querySelector("[aria-current]");
    if (!here) return;
    const row = this.element.getBoundingClientRect();
    const item = here.getBoundingClientRect();
    this.element.scrollLeft += item.left + item.width / 2 - (row.left + row.width / 2);
  }
}
