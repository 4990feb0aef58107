// Opens and closes a native <dialog> where the browser does not yet know `command`; closes on a click outside.
import { Controller } from "@hotwired/stimulus";

const nativeCommands = "commandForElement" in HTMLButtonElement.prototype;

export default class extends Controller {
  static targets = ["box"];

  open() {
    if (!nativeCommands) this.boxTarget.showModal();
  }

  close() {
    if (!nativeCommands) this.boxTarget.close();
  }

  boxTargetConnected(box) {
    box.addEventListener("click", (event) => {
      if (event.target !== box) return;
      const edge = box.getBoundingClientRect();
      const inside = event.clientX >= edge.left && event.clientX <= edge.right && event.clientY >= edge.top && event.clientY <= edge.bottom;
      if (!inside) box.close();
    });
  }
}
