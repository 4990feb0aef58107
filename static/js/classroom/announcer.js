// Says to screen readers what happened, never more than once in four seconds: the newest of each kind.
const PAUSE = 4000;

export class Announcer {
  constructor(element) {
    this.element = element;
    this.waiting = new Map();
    this.last = 0;
  }

  say(kind, text) {
    this.waiting.set(kind, text);
    if (this.timer) return;
    const wait = Math.max(150, this.last + PAUSE - Date.now());
    this.timer = setTimeout(() => this.speak(), wait);
  }

  speak() {
    this.timer = null;
    this.last = Date.now();
    this.element.textContent = [...this.waiting.values()].map((text) => (/[.!?…]$/.test(text) ? text : `${text}.`)).join(" ");
    this.waiting.clear();
  }
}
