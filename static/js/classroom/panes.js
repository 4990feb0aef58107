// The panes beside the stage: one at a time on a phone, side by side on a desk.

export function panes(classroom) {
  const { panes: box, tabs } = classroom.parts;
  const all = [...tabs.querySelectorAll("[data-pane]")];
  const unread = new Map();

  function open(name, focus) {
    box.dataset.shown = name;
    for (const tab of all) {
      const chosen = tab.dataset.pane === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      if (chosen && focus) tab.focus();
    }
    unread.set(name, 0);
    count(name);
    classroom.tell("paneOpened", name);
  }

  function isSeen(name) {
    return box.dataset.shown === name || getComputedStyle(tabs).display === "none";
  }

  // Something new in a pane that is not in sight.
  function mark(name) {
    if (isSeen(name)) return;
    unread.set(name, (unread.get(name) ?? 0) + 1);
    count(name);
  }

  function count(name) {
    const badge = tabs.querySelector(`[data-pane="${name}"] .count`);
    if (!badge) return;
    badge.textContent = unread.get(name);
    badge.hidden = !unread.get(name);
  }

  tabs.hidden = false;
  tabs.addEventListener("click", (event) => {
    const tab = event.target.closest("[data-pane]");
    if (tab) open(tab.dataset.pane);
  });
  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const now = all.findIndex((tab) => tab.dataset.pane === box.dataset.shown);
    open(all[(now + step + all.length) % all.length].dataset.pane, true);
  });
  classroom.panes = { open, isSeen, mark };
  return {};
}
