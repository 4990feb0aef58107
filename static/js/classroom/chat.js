// What is said in writing, to all or on a private line with the staff. A line is drawn once, where it stands, and
// only changed after that.
import { newKey } from "./context.js";
import { textNodes } from "./text.js";

const NEAR_THE_END = 80; // px: who reads further up is not moved

export function chat(classroom) {
  const { parts, room, words } = classroom;
  const lines = new Map(); // key or id → {id, key, person, text, at, thread, state, removed_at, removed_by}
  const drawn = new Map(); // line → its element
  let newLines = 0;
  let thread = null; // the learner whom staff answer privately
  let isOpen = true;

  // A line of mine that comes back from the room replaces the one that was being sent.
  function add(line) {
    const mine = line.key && lines.get(line.key);
    if (mine) return Object.assign(mine, line, { state: "said" });
    for (const known of lines.values()) if (known.id === line.id) return Object.assign(known, line, { state: "said" });
    const added = { ...line, state: "said" };
    lines.set(line.key ?? line.id, added);
    return added;
  }

  function send(line) {
    line.state = "sending";
    classroom.send({ t: "chat", text: line.text, key: line.key, to: line.to, thread: line.thread?.id });
    draw();
  }

  function draw() {
    const box = parts.scroll;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_THE_END;
    for (const line of lines.values()) drawLine(line);
    classroom.show("no-lines", lines.size === 0);
    if (atEnd) toEnd();
  }

  const nameOf = (person) => person?.full_name ?? person?.name ?? "";

  function drawLine(line) {
    let row = drawn.get(line);
    const mark = line.state + line.at + (line.removed_at ?? "");
    if (row?.dataset.mark === mark) return;
    if (!row) {
      row = classroom.from("line-template");
      drawn.set(line, row);
      parts.lines.append(row);
    }
    const isMine = line.person?.id === room.me;
    row.dataset.mark = mark;
    row.dataset.state = line.state;
    row.classList.toggle("lines__one--mine", isMine);
    row.classList.toggle("lines__one--removed", Boolean(line.removed_at));
    row.querySelector("strong").textContent = nameOf(line.person);
    const time = row.querySelector("time");
    time.dateTime = line.at;
    time.textContent = line.state === "sending" ? words["chat.sending"] : line.state === "failed" ? words["chat.not_sent"] : clock(line.at);
    const to = row.querySelector(".lines__to");
    to.hidden = !(line.thread || line.to === "staff");
    to.lastElementChild.textContent = classroom.helps ? classroom.sentence("chat.thread", { name: nameOf(line.thread) }) : words["chat.to_staff"];
    const text = row.querySelector(".lines__text");
    text.replaceChildren(...textNodes(line.text));
    text.hidden = !line.text;
    const gone = row.querySelector(".lines__gone");
    gone.hidden = !line.removed_at;
    gone.textContent = line.removed_at ? removedWords(line, isMine) : "";
    drawActs(row, line, isMine);
  }

  function removedWords(line, isMine) {
    if (classroom.helps) return classroom.sentence("chat.removed_by", { name: line.removed_by, time: clock(line.removed_at) });
    return words[isMine ? "chat.removed_mine" : "chat.removed"];
  }

  function drawActs(row, line, isMine) {
    const acts = [];
    if (line.state === "failed") acts.push(["chat.again", () => send(line)]);
    if (line.state === "said" && classroom.helps && !line.removed_at) {
      if (line.thread && !isMine) acts.push(["chat.reply", () => reply(line.thread)]);
      acts.push(["chat.remove", () => classroom.ask({ t: "unsay", line: line.id })]);
    }
    const box = row.querySelector(".lines__acts");
    box.hidden = !acts.length;
    box.replaceChildren(
      ...acts.map(([code, run]) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button button--link button--small";
        button.textContent = words[code];
        button.setAttribute("aria-label", `${words[code]}: ${nameOf(line.person)}, ${line.text.slice(0, 40)}`);
        button.addEventListener("click", run);
        return button;
      }),
    );
  }

  const clock = (at) => classroom.clock.format(new Date(at));

  function toEnd() {
    parts.scroll.scrollTop = parts.scroll.scrollHeight;
  }

  // ---- who reads what I write
  function reply(person) {
    thread = person;
    parts.thread.hidden = !person;
    parts["thread-words"].textContent = person ? classroom.sentence("chat.replying", { name: nameOf(person) }) : "";
    parts.compose.elements.text.focus();
  }

  function gate(open, tell) {
    isOpen = open;
    classroom.show("chat-closed", !open);
    if (parts["chat-gate-words"]) parts["chat-gate-words"].textContent = words[open ? "chat.close_it" : "chat.open_it"];
    if (parts.to) {
      parts.to.options[0].disabled = !open;
      if (!open) parts.to.value = "staff";
      else if (tell) parts.to.value = "all";
    }
    if (tell) classroom.announce("chat", words[open ? "chat.open" : "chat.closed"]);
  }

  function tell(event) {
    classroom.panes.mark("chat");
    newLines += 1;
    const values = { name: nameOf(event.person), text: event.text, count: newLines };
    classroom.announce("said", classroom.sentence(newLines > 1 ? "said.many" : "said.one", values));
    setTimeout(() => (newLines = 0), 4000);
  }

  parts.compose?.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = parts.compose.elements.text;
    const text = field.value.trim();
    if (!text) return field.focus();
    if (!room.me) return parts.compose.submit(); // never connected: the form of the page still works
    field.value = "";
    const line = { key: newKey(), text, at: new Date().toISOString(), person: room.people.get(room.me), to: parts.to?.value ?? "all", thread };
    lines.set(line.key, line);
    send(line);
    toEnd();
    field.focus();
  });
  classroom.show("to-chat", true);
  parts["to-chat"]?.addEventListener("click", () => {
    classroom.panes.open("chat");
    parts.compose.elements.text.focus();
  });
  parts["thread-end"]?.addEventListener("click", () => reply(null));
  parts["chat-gate"]?.addEventListener("submit", (event) => {
    if (classroom.send({ t: "chat_open", open: !isOpen })) event.preventDefault();
  });

  return {
    // The server drew some lines; the room brings the same ones again with their numbers. Start from the room.
    welcome() {
      if (!classroom.wasOn) parts.lines.replaceChildren();
    },
    // Lines are only added, so that nothing said is ever lost here.
    become(snapshot) {
      for (const line of snapshot.lines) add(line);
      gate(snapshot.chat_open, false);
      draw();
    },
    welcomed() {
      toEnd();
      for (const line of lines.values()) if (line.state === "sending") send(line);
    },
    refused(error) {
      const failed = error.ref && lines.get(error.ref);
      if (failed?.state !== "sending") return;
      failed.state = "failed";
      draw();
    },
    paneOpened(name) {
      if (name === "chat") toEnd();
    },
    events: {
      said(event) {
        add(event);
        draw();
        if (event.person.id !== room.me) tell(event);
      },
      unsaid(event) {
        const line = [...lines.values()].find((one) => one.id === event.id);
        if (!line) return;
        line.removed_at = event.at;
        line.removed_by = event.by;
        if (!classroom.helps && line.person?.id !== room.me) line.text = "";
        draw();
      },
      chat_open(event) {
        gate(event.open, true);
      },
    },
  };
}
