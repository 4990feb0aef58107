// Asking to speak: my hand, and the queue that staff see.

export function hands(classroom) {
  const { parts, room, words } = classroom;
  let place = 0; // of my hand
  let known = [];

  function draw() {
    if (parts.hand) {
      const mine = room.placeOfMyHand();
      parts.hand.setAttribute("aria-pressed", String(mine > 0));
      parts["hand-words"].textContent = words[mine ? "hand.down" : "hand.up"];
    }
    if (parts.hands) drawQueue();
  }

  function drawQueue() {
    const focused = document.activeElement?.closest?.(".hands__one")?.dataset.person;
    const rows = room.hands.filter((id) => room.people.has(id)).map((id) => {
      const row = classroom.from("hand-template");
      row.dataset.person = id;
      row.querySelector(".hands__name").textContent = room.name(id);
      const button = row.querySelector("button");
      button?.setAttribute("aria-label", `${button.textContent}: ${room.name(id)}`);
      button?.addEventListener("click", () => classroom.ask({ t: "lower", person: id }));
      return row;
    });
    parts.hands.replaceChildren(...rows);
    if (focused) (rows.find((row) => row.dataset.person === focused) ?? rows[0])?.querySelector("button")?.focus();
    classroom.show("no-hands", rows.length === 0);
    classroom.show("lower-all", rows.length > 1);
  }

  function changed(event) {
    draw();
    const now = room.placeOfMyHand();
    if (now !== place) {
      const code = now === 0 ? "hand.lowered" : now === 1 ? "hand.next" : "hand.place";
      const sentence = classroom.sentence(code, { place: now });
      classroom.announce("hand", sentence);
      classroom.note(sentence);
    }
    const newest = event.hands.filter((id) => !known.includes(id) && id !== room.me).pop();
    if (newest && parts.hands) {
      classroom.panes.mark("lead");
      classroom.announce("asks", classroom.sentence("hand.asks", { name: room.name(newest) }));
    }
    place = now;
    known = event.hands;
  }

  classroom.show("hand", true);
  parts.hand?.addEventListener("click", () => classroom.ask({ t: "hand", up: room.placeOfMyHand() === 0 }));
  parts["lower-all"]?.addEventListener("click", () => classroom.ask({ t: "lower" }));
  return { become: draw, events: { hands: changed, joined: draw, left: draw } };
}
