// Takes the focus when it appears: the summary of what is wrong with a form.
import { Controller } from "@hotwired/stimulus";

export default class extends Controller {
  connect() {
    this.element.focus({ preventScroll: false });
  }
}
