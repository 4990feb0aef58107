// Text of people → nodes. Nothing is ever parsed as HTML: web addresses become links, all else stays text.
const ADDRESS = /https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/gi;

export function textNodes(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(ADDRESS)) {
    nodes.push(document.createTextNode(text.slice(from, found.index)));
    const link = document.createElement("a");
    link.href = link.textContent = found[0];
    link.rel = "nofollow noopener";
    link.target = "_blank";
    nodes.push(link);
    from = found.index + found[0].length;
  }
  nodes.push(document.createTextNode(text.slice(from)));
  return nodes;
}

// "%(name)s writes" with {name: "Amina"}.
export function fill(sentence, values) {
  return sentence.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);
}
