// Beginning and ending the class, and the way out.

export function lead(classroom) {
  const { parts, room, root } = classroom;

  function phase() {
    const name = room.state === "open" ? "open" : "waiting";
    for (const part of root.querySelectorAll("[data-shown-in]")) part.hidden = part.dataset.shownIn !== name;
    root.dataset.phase = name;
  }

  for (const name of ["start", "end"])
    parts[name]?.addEventListener("submit", (event) => {
      if (!classroom.send({ t: name })) return; // no line: the form is posted as it stands
      event.preventDefault();
      parts[name].closest("dialog")?.close();
    });
  parts.leave.addEventListener("click", () => classroom.line.leave());
  return {
    become: phase,
    events: {
      started() {
        phase();
        classroom.announce("class", classroom.sentence("class.started"));
      },
    },
  };
}
