// What every tool of the classroom is given: the parts of the page, the words, the room, the line.
import { Announcer } from "./announcer.js";
import { Line } from "./line.js";
import { Room } from "./room.js";
import { fill } from "./text.js";

const NOTE_LASTS = 6000;

export class Classroom {
  constructor(root, words) {
    this.root = root;
    this.words = words;
    this.parts = {};
    for (const part of document.querySelectorAll("[data-room]")) this.parts[part.dataset.room] = part;
    this.clock = new Intl.DateTimeFormat(root.dataset.language, { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Rome" });
    this.room = new Room();
    this.announcer = new Announcer(this.parts.announcer);
    this.csrf = this.parts.csrf.querySelector("input").value;
    this.role = root.dataset.role;
    this.helps = root.dataset.helps === "yes"; // runs the class: trainer, director, tutor
    this.stage = "nothing"; // what stands large, and whose (stage.js)
    this.stageOf = null;
    this.wasOn = false;
    this.besidePeople = []; // (person, row): what tools add to a row of the list of people
    this.tools = [];
    this.line = new Line({ socket: root.dataset.socket, ticket: root.dataset.ticket, csrf: this.csrf }, this);
  }

  use(tools) {
    for (const tool of tools) this.tools.push(tool(this));
  }

  open() {
    this.line.open();
  }

  // ---- what the line brings
  state(name) {
    this.parts.line.dataset.state = name;
    const sentence = this.sentence(`line.${name}`);
    if (this.parts["line-words"].textContent !== sentence) this.parts["line-words"].textContent = sentence;
    if (name === "on" && this.wasOn) this.announce("line", this.sentence("line.back"));
    this.wasOn ||= name === "on";
    if (name === "ended") setTimeout(() => location.reload(), 800 + Math.random() * 2000);
    this.root.toggleAttribute("data-offline", name !== "on");
    this.tell("online", name === "on");
  }

  welcome(message) {
    this.room.me = message.you;
    this.tell("welcome", message);
    this.snapshot(message.room);
    this.tell("welcomed", message);
  }

  snapshot(snapshot) {
    this.room.become(snapshot);
    this.tell("become", snapshot);
  }

  event(event) {
    this.room.apply(event);
    for (const tool of this.tools) tool.events?.[event.type]?.(event);
  }

  message(message) {
    for (const tool of this.tools) tool.messages?.[message.t]?.(message);
  }

  error(error) {
    const sentence = error.sentence || this.sentence(`error.${error.code}`);
    this.tell("refused", error);
    this.announce("error", sentence);
    this.note(sentence);
  }

  tell(what, value) {
    for (const tool of this.tools) tool[what]?.(value);
  }

  // ---- what tools do
  send(message) {
    return this.line.send(message);
  }

  // As send, for a button: says so when there is no line.
  ask(message) {
    const sent = this.send(message);
    if (!sent) this.note(this.sentence("error.other"));
    return sent;
  }

  announce(kind, text) {
    this.announcer.say(kind, text);
  }

  // A sentence that everybody can see for a few seconds.
  note(sentence) {
    this.parts.note.textContent = sentence;
    this.parts.note.hidden = false;
    clearTimeout(this.noteTimer);
    this.noteTimer = setTimeout(() => (this.parts.note.hidden = true), NOTE_LASTS);
  }

  sentence(code, values = {}) {
    return fill(this.words[code] ?? this.words["error.other"], values);
  }

  // ---- the page
  show(name, shown) {
    if (this.parts[name]) this.parts[name].hidden = !shown;
  }

  from(template) {
    return this.parts[template].content.firstElementChild.cloneNode(true);
  }

  badge(words) {
    const mark = document.createElement("span");
    mark.className = "badge badge--neutral";
    mark.textContent = words;
    return mark;
  }
}

// A name for something sent, so that sending it again changes nothing. randomUUID is missing without HTTPS.
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
