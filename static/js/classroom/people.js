// Who is here.
const ORDER = { trainer: 0, director: 1, tutor: 2, inspector: 3, learner: 4 };

export function people(classroom) {
  const { parts, room, words } = classroom;

  // Staff have a list of learners that says more (desk.js); here stand the others, and what one does with a learner
  // is put into that list.
  const desk = document.querySelector("[data-desk]");

  function draw() {
    const all = [...room.people.values()].sort((a, b) => ORDER[a.role] - ORDER[b.role] || room.name(a.id).localeCompare(room.name(b.id)));
    keepingFocus(() => {
      parts.people.replaceChildren(...all.filter((person) => !desk || person.role !== "learner").map(row));
      beside();
    });
    parts.count.textContent = all.length;
    parts["count-title"].textContent = `(${all.length})`;
  }

  function keepingFocus(work) {
    const { person, act } = document.activeElement?.dataset ?? {};
    work();
    if (person && act) document.querySelector(`[data-person="${person}"][data-act="${act}"]`)?.focus({ preventScroll: true });
  }

  function beside() {
    for (const place of desk?.querySelectorAll("[data-acts]") ?? []) {
      const person = room.people.get(place.parentElement.dataset.who);
      place.replaceChildren();
      if (person) acts(person, place);
    }
  }

  function row(person) {
    const one = classroom.from("person-template");
    one.querySelector(".people__name").textContent = room.name(person.id) + (person.id === room.me ? ` (${words.you})` : "");
    if (person.role !== "learner") one.append(classroom.badge(words[`role.${person.role}`]));
    one.dataset.who = person.id;
    acts(person, one);
    return one;
  }

  // The place in the queue of hands, and what may be done.
  function acts(person, row) {
    const place = room.hands.indexOf(person.id) + 1;
    if (place) {
      const mark = document.createElement("span");
      mark.className = "people__hand";
      mark.append(parts["hand-mark"].content.cloneNode(true), ` ${place}`);
      row.append(mark);
    }
    if (classroom.helps) row.append(stageButton(person));
    for (const add of classroom.besidePeople) add(person, row);
  }

  // Whose voice and picture stand large.
  function stageButton(person) {
    const isOn = classroom.stage === "person" && classroom.stageOf === person.id;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--link button--small people__act";
    button.textContent = words[isOn ? "stage.leave" : "stage.bring"];
    button.setAttribute("aria-label", `${button.textContent}: ${room.name(person.id)}`);
    button.dataset.person = person.id;
    button.dataset.act = "stage";
    button.addEventListener("click", () => classroom.ask(isOn ? { t: "stage", what: "nothing" } : { t: "stage", what: "person", of: person.id }));
    return button;
  }

  return { become: draw, staged: draw, floorChanged: draw, heardChanged: draw, deskDrawn: () => keepingFocus(beside), events: { joined: draw, left: draw, hands: draw } };
}
