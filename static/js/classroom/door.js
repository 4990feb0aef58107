// At the door of a class: waiting to be let in, or sent out. Nothing of the room is here yet.
import { Line } from "./line.js";

export function waitToBeLetIn(root, words) {
  const line = new Line(
    { socket: root.dataset.socket, ticket: root.dataset.ticket, csrf: document.querySelector("[data-room=csrf] input").value },
    {
      state: (name) => {
        say(name === "on" ? "door.in" : name === "lost" || name === "waiting" ? `line.${name}` : "line.connecting");
        if (name === "removed" || name === "ended") location.reload();
      },
      message: (message) => message.t === "waiting" && say("door.waiting"),
      welcome: () => location.reload(),
      snapshot() {},
      event() {},
      error() {},
    },
  );
  const mark = document.querySelector("[data-room=line]");
  function say(code) {
    mark.hidden = false;
    mark.querySelector("[data-room=line-words]").textContent = words[code];
    mark.dataset.state = code === "door.waiting" || code === "door.in" ? "on" : "lost";
  }
  line.open();
}

// Sent out: the page looks again now and then whether the person is let in again.
export function waitToComeBack() {
  setTimeout(() => location.reload(), 15_000 + Math.random() * 10_000);
}
