// For staff: who is heard. The server does it; a browser that does not obey is not heard either.

export function floor(classroom) {
  const { parts, room, words } = classroom;
  if (!parts.floor) return {};

  function draw() {
    const { held, cameras } = classroom.floor;
    parts["floor-held"].checked = held;
    parts["floor-cameras"].checked = cameras;
  }

  // Beside each name: cut off who is heard, call on who is not.
  function beside(person, row) {
    const leads = person.role === "trainer" || person.role === "director";
    if (person.id === room.me || person.role === "inspector" || leads) return;
    const isOn = classroom.heard?.has(person.id);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button--link button--small people__voice";
    button.textContent = words[isOn ? "floor.mute" : "floor.call"];
    button.dataset.person = person.id;
    button.dataset.act = "voice";
    button.dataset.does = isOn ? "mute" : "call";
    button.setAttribute("aria-label", `${button.textContent}: ${room.name(person.id)}`);
    button.addEventListener("click", () => classroom.ask({ t: button.dataset.does, person: person.id }));
    row.append(button);
  }

  parts.floor.hidden = false;
  parts["mute-all"].addEventListener("click", () => classroom.ask({ t: "mute" }));
  parts["floor-held"].addEventListener("change", (event) => {
    if (!classroom.ask({ t: "floor", held: event.target.checked })) draw();
  });
  parts["floor-cameras"].addEventListener("change", (event) => {
    if (!classroom.ask({ t: "floor", cameras: event.target.checked })) draw();
  });
  classroom.besidePeople.push(beside);
  return { floorChanged: draw };
}
