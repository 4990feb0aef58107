// Who is there: the presence prompt, the trainer's lost line, an inspector's visit, and another trainer who takes over.
import { newKey } from "./context.js";

export function presence(classroom) {
  const { parts, room, root } = classroom;
  let prompt = null; // {id, opens, closes, key, sent} on this browser's own clock
  let ticking;
  let leader = null;
  let visitors = "";

  // ---- the prompt
  function ask(told) {
    if (root.dataset.role !== "learner" || (told && told.id === prompt?.id && !told.answered)) return;
    if (!told || told.answered) return prompt?.pressed ? undefined : end();
    const now = performance.now();
    prompt = { id: told.id, opens: now + told.opens_in * 1000, closes: now + told.closes_in * 1000, key: newKey(), sent: false };
    if (told.opens_in > 1) {
      const words = classroom.sentence("prompt.soon", { seconds: Math.round(told.opens_in) });
      parts["prompt-soon"].textContent = words;
      parts["prompt-soon"].hidden = false;
      classroom.announce("prompt", words);
    }
    clearInterval(ticking);
    ticking = setInterval(tick, 500);
    tick();
  }

  function tick() {
    const now = performance.now();
    if (!prompt || now >= prompt.closes + 60_000) return end();
    if (now < prompt.opens) return;
    if (!parts.prompt.open) {
      parts["prompt-soon"].hidden = true;
      parts.prompt.showModal();
      parts["prompt-yes"].focus();
    }
    const left = Math.max(0, Math.ceil((prompt.closes - now) / 1000));
    const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    parts["prompt-time"].textContent = classroom.sentence(left ? "prompt.left" : "prompt.late", { time: clock });
  }

  function answer() {
    if (prompt) prompt.sent = classroom.send({ t: "prompt_ack", prompt: prompt.id, key: prompt.key });
    return Boolean(prompt?.sent);
  }

  function end() {
    clearInterval(ticking);
    prompt = null;
    parts["prompt-soon"].hidden = true;
    if (parts.prompt.open) parts.prompt.close();
  }

  parts.prompt.addEventListener("cancel", (event) => event.preventDefault()); // a key pressed by chance is no answer
  parts.prompt.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!prompt) return;
    prompt.pressed = true;
    if (!answer()) parts["prompt-time"].textContent = classroom.sentence("prompt.later"); // goes out when the line is back
  });

  // ---- the trainer's line, and visits
  function look() {
    const away = room.state === "open" && leader && !room.people.has(leader) && leader !== room.me;
    const words = away ? classroom.sentence(root.dataset.role === "learner" ? "trainer.away" : "trainer.away_staff") : "";
    if (away && parts.away.hidden) classroom.announce("trainer", words);
    if (!away && !parts.away.hidden) classroom.announce("trainer", classroom.sentence("trainer.back"));
    parts.away.textContent = words;
    parts.away.hidden = !away;
    const names = [...room.people.values()].filter((person) => person.role === "inspector").map((person) => person.full_name ?? person.name);
    const visit = names.length ? classroom.sentence("visit.here", { name: names.join(", ") }) : "";
    if (visit && visit !== visitors) classroom.announce("visit", visit);
    visitors = visit;
    parts.visit.textContent = visit;
    parts.visit.hidden = !visit;
  }

  return {
    become(snapshot) {
      leader = snapshot.leader;
      ask(snapshot.prompt);
      look();
    },
    events: {
      prompt: (event) => ask(event.prompt),
      answered(event) {
        if (event.person !== room.me || event.prompt !== prompt?.id) return;
        if (!prompt.sent) classroom.note(classroom.sentence(event.by_voice ? "prompt.heard" : "prompt.elsewhere"));
        end();
      },
      joined: look,
      left: look,
      started: look,
      sent_out(event) {
        if (event.person === room.me) setTimeout(() => location.reload(), 300); // the page says why
      },
      handed(event) {
        leader = event.taker.id;
        const words = classroom.sentence("trainer.handed", { name: event.taker.name });
        classroom.announce("trainer", words);
        classroom.note(words);
        if (room.me === event.taker.id || room.me === event.giver) setTimeout(() => location.reload(), 800); // other controls
        look();
      },
    },
    messages: {
      noted(message) {
        classroom.note(classroom.sentence(message.late ? "prompt.noted_late" : "prompt.noted"));
        if (prompt?.id === message.prompt) end();
      },
    },
    welcomed() {
      if (prompt?.pressed) answer(); // sent again after a break it is the same answer
    },
  };
}
