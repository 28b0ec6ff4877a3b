"use strict";
(() => {
  const SVG = "http://www.w3.org/2000/svg";
  const WIDTH = 236, HEIGHT = 48, STEP_X = 356, STEP_Y = 62;
  const SMALLEST = 0.08, READABLE = 0.45;
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const world = byId("world"), graph = byId("graph"), panel = byId("panel");
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  const nodes = data.nodes.map((node, id) => ({ ...node, id, links: [], x: 0, y: 0, shown: false, element: null }));
  const links = data.links.map((link) => ({ ...link, element: null }));
  for (const link of links) { nodes[link.source].links.push(link); nodes[link.target].links.push(link); }
  const hidden = new Set();
  let least = 0, chosen = null, view = { x: 0, y: 0, scale: 1 };

  const other = (link, node) => nodes[link.source === node.id ? link.target : link.source];
  const counts = (link) => !hidden.has(link.kind) && link.confidence >= least;
  const make = (name, attributes = {}, text = null) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== null) element.textContent = text;
    return element;
  };
  const tag = (name, className = "", text = null) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    if (text !== null) element.textContent = text;
    return element;
  };
  const cut = (text, size) => (text.length <= size ? text : text.slice(0, size - 1) + "…");
  const cutFront = (text, size) => (text.length <= size ? text : "…" + text.slice(1 - size));
  const percent = (value) => `${Math.round(value * 100)} %`;

  // What is shown, and where it stands.

  const reveal = (node) => {
    const fresh = node.links.filter(counts).map((link) => other(link, node)).filter((near) => !near.shown);
    for (const near of fresh) { near.shown = true; near.x = node.x; near.y = node.y; }
    return fresh.length;
  };
  const start = () => {
    for (const node of nodes) node.shown = false;
    nodes[0].shown = true;
    reveal(nodes[0]);
  };
  const columns = () => {
    const found = new Map();
    for (const node of nodes) if (node.shown) (found.get(node.level) ?? found.set(node.level, []).get(node.level)).push(node);
    return [...found.entries()].sort((one, two) => one[0] - two[0]);
  };
  const arrange = () => {
    const levels = columns();
    const rows = new Map();
    const settle = (list) => list.forEach((node, at) => rows.set(node.id, at - (list.length - 1) / 2));
    for (const [, list] of levels) { list.sort((one, two) => two.sure - one.sure || one.id - two.id); settle(list); }
    const byCentre = [...levels].sort((one, two) => Math.abs(one[0]) - Math.abs(two[0]));
    for (let sweep = 0; sweep < 4; sweep += 1) {
      for (const [level, list] of byCentre) {
        const weight = new Map(list.map((node) => {
          const near = node.links.map((link) => other(link, node)).filter((one) => one.shown && Math.abs(one.level) < Math.abs(level));
          return [node.id, near.length ? near.reduce((sum, one) => sum + rows.get(one.id), 0) / near.length : rows.get(node.id)];
        }));
        list.sort((one, two) => weight.get(one.id) - weight.get(two.id) || one.place.localeCompare(two.place) || one.id - two.id);
        settle(list);
      }
    }
    for (const [level, list] of levels) for (const node of list) { node.toX = level * STEP_X; node.toY = rows.get(node.id) * STEP_Y; }
  };

  // Drawing.

  const drawMarkers = () => {
    for (const kind of data.kinds) {
      const marker = make("marker", { id: `to-${kind}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" });
      marker.append(make("path", { d: "M0 0.6 L8 4 L0 7.4 Z", fill: `var(--link-${kind})` }));
      byId("markers").append(marker);
    }
  };
  const drawNode = (node) => {
    const outer = make("g", { class: `node ${node.id === 0 ? "centre" : ""} ${node.kind === "external" ? "external" : ""}`, tabindex: 0, role: "button" });
    outer.setAttribute("aria-label", `${node.kind} ${node.name}, ${node.place}`);
    outer.append(make("title", {}, node.full));
    outer.append(make("rect", { class: "box", x: -WIDTH / 2, y: -HEIGHT / 2, width: WIDTH, height: HEIGHT, rx: 9 }));
    outer.append(make("circle", { cx: -WIDTH / 2 + 23, r: 12, fill: `var(--node-${node.kind})` }));
    outer.append(make("text", { class: "letter", x: -WIDTH / 2 + 23, y: 4 }, node.badge));
    outer.append(make("text", { class: "name", x: -WIDTH / 2 + 44, y: -3 }, cut(node.name, 60)));
    outer.append(make("text", { class: "place", x: -WIDTH / 2 + 44, y: 14 }, cutFront(node.place, 80)));
    node.more = make("g", { class: "more" });
    const side = node.level < 0 ? -WIDTH / 2 : WIDTH / 2;
    node.more.append(make("rect", { x: side - 16, y: HEIGHT / 2 - 9, width: 32, height: 17, rx: 8.5 }), make("text", { x: side, y: HEIGHT / 2 + 3.5 }));
    outer.append(node.more);
    outer.addEventListener("click", (event) => { event.stopPropagation(); if (!moved) choose(node, true); });
    outer.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(node, true); } });
    outer.addEventListener("pointerenter", () => shade(node));
    outer.addEventListener("pointerleave", () => shade(chosen));
    return outer;
  };
  const shorten = (text, room, fromFront) => {
    // Only a text that is in the page can be measured.
    const whole = text.textContent;
    for (let size = whole.length; size > 4 && text.getComputedTextLength() > room; size -= 1) {
      text.textContent = fromFront ? cutFront(whole, size - 1) : cut(whole, size - 1);
    }
  };
  const fitText = (element) => {
    shorten(element.querySelector(".name"), WIDTH - 54, false);
    shorten(element.querySelector(".place"), WIDTH - 54, true);
  };
  const drawLink = (link) => {
    const outer = make("g", { class: "link" });
    outer.append(make("title", {}, `${nodes[link.source].name} → ${nodes[link.target].name}\n${link.kind}, ${percent(link.confidence)} sure, ${link.place}${link.count > 1 ? ` and ${link.count - 1} more` : ""}`));
    const line = make("path", { stroke: `var(--link-${link.kind})`, "stroke-width": 1.2 + Math.min(link.count, 8) * 0.15, "stroke-opacity": 0.35 + 0.6 * link.confidence, "marker-end": `url(#to-${link.kind})` });
    if (link.confidence < 0.85) line.setAttribute("stroke-dasharray", "5 4");
    outer.append(line, make("path", { class: "reach" }));
    return outer;
  };
  const curve = (link) => {
    const from = nodes[link.source], to = nodes[link.target];
    const back = to.x < from.x - 1, same = Math.abs(to.x - from.x) <= 1;
    const x1 = from.x + (back ? -WIDTH : WIDTH) / 2, x2 = to.x + (same || back ? WIDTH : -WIDTH) / 2;
    const bend = (back ? -1 : 1) * Math.max(48, Math.abs(x2 - x1) * 0.5);
    return `M${x1} ${from.y} C${x1 + bend} ${from.y} ${x2 + (same ? bend : -bend)} ${to.y} ${x2} ${to.y}`;
  };
  const place = () => {
    for (const node of nodes) if (node.element) node.element.setAttribute("transform", `translate(${node.x} ${node.y})`);
    for (const link of links) if (link.element) for (const path of link.element.querySelectorAll("path")) path.setAttribute("d", curve(link));
  };
  const sync = () => {
    for (const node of nodes) {
      if (node.shown && !node.element) { node.element = drawNode(node); byId("nodes").append(node.element); fitText(node.element); }
      if (!node.shown && node.element) { node.element.remove(); node.element = null; }
      if (!node.element) continue;
      const rest = new Set(node.links.filter(counts).map((link) => other(link, node)).filter((near) => !near.shown)).size;
      node.more.setAttribute("visibility", rest ? "visible" : "hidden");
      node.more.lastChild.textContent = `+${rest}`;
      node.element.classList.toggle("chosen", node === chosen);
    }
    for (const link of links) {
      const shown = nodes[link.source].shown && nodes[link.target].shown && counts(link);
      if (shown && !link.element) { link.element = drawLink(link); byId("links").append(link.element); }
      if (!shown && link.element) { link.element.remove(); link.element = null; }
    }
    drawTitles();
    const total = nodes.length - 1, visible = nodes.filter((node) => node.shown).length - 1;
    const told = total ? `${visible} of ${total} symbols shown` : "Nothing is known to need it or to be needed by it";
    byId("note").textContent = told + (data.leftOut ? `, ${data.leftOut} more within reach` : "");
  };
  const drawTitles = () => {
    byId("titles").replaceChildren();
    for (const [level, list] of columns()) {
      if (level === 0) continue;
      const steps = Math.abs(level) === 1 ? "" : `, ${Math.abs(level)} steps`;
      const top = Math.min(...list.map((node) => node.toY)) - HEIGHT / 2 - 14;
      byId("titles").append(make("text", { class: "column", x: level * STEP_X - WIDTH / 2, y: top }, (level < 0 ? "needs it" : "needed") + steps));
    }
  };
  let frame = 0;
  const move = () => {
    cancelAnimationFrame(frame);
    const from = nodes.map((node) => [node.x, node.y]), began = performance.now();
    const step = (now) => {
      const part = still ? 1 : Math.min((now - began) / 260, 1), eased = 1 - (1 - part) ** 3;
      nodes.forEach((node, at) => {
        if (!node.shown) return;
        node.x = from[at][0] + (node.toX - from[at][0]) * eased;
        node.y = from[at][1] + (node.toY - from[at][1]) * eased;
      });
      place();
      if (part < 1) frame = requestAnimationFrame(step);
    };
    step(still ? began + 1e6 : began);
  };
  const update = () => { arrange(); sync(); move(); shade(chosen); };

  // Choosing.

  const shade = (node) => {
    const near = new Set(node ? node.links.filter(counts).map((link) => other(link, node).id).concat(node.id) : []);
    for (const one of nodes) one.element?.classList.toggle("faded", node !== null && !near.has(one.id));
    for (const link of links) link.element?.classList.toggle("faded", node !== null && link.source !== node.id && link.target !== node.id);
  };
  const choose = (node, expand) => {
    chosen = node;
    if (node && !node.shown) show(node);
    if (node && expand) reveal(node);
    fillPanel();
    update();
  };
  const show = (node) => {
    // The way to the centre is shown with it.
    for (let at = node; at && !at.shown;) {
      at.shown = true;
      const near = at.links.map((link) => other(link, at)).sort((one, two) => Math.abs(one.level) - Math.abs(two.level))[0];
      at = near && Math.abs(near.level) < Math.abs(at.level) ? near : null;
    }
  };
  const fillPanel = () => {
    panel.replaceChildren();
    if (!chosen) return;
    const close = tag("button", "close", "×");
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", () => choose(null, false));
    panel.append(close, tag("h2", "", chosen.name), tag("p", "soft", chosen.kind), tag("p", "mono", chosen.place), tag("p", "mono", chosen.full));
    if (chosen.signature) panel.append(tag("pre", "", chosen.signature));
    if (chosen.doc) panel.append(tag("p", "soft", chosen.doc));
    list("needed by", chosen.links.filter((link) => link.target === chosen.id));
    list("needs", chosen.links.filter((link) => link.source === chosen.id));
  };
  const list = (title, some) => {
    if (!some.length) return;
    const items = tag("ul");
    for (const link of [...some].sort((one, two) => two.confidence - one.confidence)) {
      const node = other(link, chosen), item = tag("li"), button = tag("button"), dot = tag("span", "dot");
      dot.style.background = `var(--link-${link.kind})`;
      dot.title = link.kind;
      button.append(dot, tag("span", "", node.name), tag("span", "sure", percent(link.confidence)), tag("small", "", `${link.kind}, ${link.place}`));
      button.addEventListener("click", () => choose(node, false));
      item.append(button);
      items.append(item);
    }
    panel.append(tag("h3", "", `${title} (${some.length})`), items);
  };

  // Moving about.

  const apply = () => world.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
  const zoom = (factor, x = graph.clientWidth / 2, y = graph.clientHeight / 2) => {
    const scale = Math.min(Math.max(view.scale * factor, SMALLEST), 3), by = scale / view.scale;
    view = { x: x - (x - view.x) * by, y: y - (y - view.y) * by, scale };
    apply();
  };
  const fit = (least = SMALLEST) => {
    const shown = nodes.filter((node) => node.shown);
    const xs = shown.map((node) => node.toX), ys = shown.map((node) => node.toY);
    const left = Math.min(...xs) - WIDTH / 2 - 24, right = Math.max(...xs) + WIDTH / 2 + 24;
    const top = Math.min(...ys) - HEIGHT / 2 - 40, bottom = Math.max(...ys) + HEIGHT / 2 + 24;
    const panelWidth = chosen && graph.clientWidth > 900 ? panel.offsetWidth + 24 : 0;
    const room = { width: graph.clientWidth - panelWidth, height: graph.clientHeight - byId("legend").offsetHeight - 12 };
    const whole = Math.min(room.width / (right - left), room.height / (bottom - top), 1.15);
    const scale = Math.max(whole, least), centre = chosen ?? nodes[0];
    // What does not fit at a scale at which it can be read is shown around what was asked for.
    const [x, y] = whole < scale ? [centre.toX, centre.toY] : [(left + right) / 2, (top + bottom) / 2];
    view = { x: room.width / 2 - x * scale, y: room.height / 2 - y * scale, scale };
    apply();
  };
  const look = () => fit(READABLE);
  let moved = false, held = null;
  const touches = new Map();
  graph.addEventListener("pointerdown", (event) => { touches.set(event.pointerId, event); held = { x: event.clientX - view.x, y: event.clientY - view.y }; moved = false; });
  graph.addEventListener("pointermove", (event) => {
    if (!touches.has(event.pointerId)) return;
    const before = [...touches.values()];
    touches.set(event.pointerId, event);
    const now = [...touches.values()];
    if (now.length === 2) {
      const span = (pair) => Math.hypot(pair[0].clientX - pair[1].clientX, pair[0].clientY - pair[1].clientY);
      zoom(span(now) / (span(before) || 1), (now[0].clientX + now[1].clientX) / 2, (now[0].clientY + now[1].clientY) / 2 - graph.getBoundingClientRect().top);
      moved = true;
    } else if (held) {
      const x = event.clientX - held.x, y = event.clientY - held.y;
      if (moved || Math.hypot(x - view.x, y - view.y) > 4) {
        moved = true;
        graph.classList.add("held");
        if (!graph.hasPointerCapture(event.pointerId)) graph.setPointerCapture(event.pointerId);
        view = { ...view, x, y };
        apply();
      }
    }
  });
  const release = (event) => { touches.delete(event.pointerId); held = null; graph.classList.remove("held"); };
  graph.addEventListener("pointerup", release);
  graph.addEventListener("pointercancel", release);
  graph.addEventListener("click", () => { if (!moved && chosen) choose(null, false); });
  graph.addEventListener("wheel", (event) => {
    event.preventDefault();
    const box = graph.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.0016)), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });

  // The bar, the legend, the keys.

  byId("in").addEventListener("click", () => zoom(1.25));
  byId("out").addEventListener("click", () => zoom(0.8));
  byId("fit").addEventListener("click", () => fit());
  byId("all").addEventListener("click", () => { for (const node of nodes) node.shown = true; update(); fit(); });
  byId("reset").addEventListener("click", () => { chosen = null; fillPanel(); start(); update(); look(); });
  byId("least").addEventListener("input", (event) => {
    least = event.target.value / 100;
    byId("least-shown").textContent = `${event.target.value} %`;
    update();
  });
  byId("find").addEventListener("change", (event) => {
    const text = event.target.value.trim().toLowerCase();
    if (!text) return;
    const score = (node) => (node.name.toLowerCase() === text ? 3 : node.name.toLowerCase().includes(text) ? 2 : node.full.toLowerCase().includes(text) ? 1 : 0);
    const best = [...nodes].sort((one, two) => score(two) - score(one) || one.id - two.id)[0];
    if (score(best)) { choose(best, false); look(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.tagName === "INPUT") return;
    if (event.key === "Escape") choose(null, false);
    if (event.key === "f") fit();
    if (event.key === "+") zoom(1.25);
    if (event.key === "-") zoom(0.8);
  });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = (isDark) => { document.documentElement.classList.toggle("dark", isDark); document.documentElement.classList.toggle("light", !isDark); };
  paint(dark.matches);
  dark.addEventListener("change", (event) => paint(event.matches));
  byId("paper").addEventListener("click", () => paint(!document.documentElement.classList.contains("dark")));
  for (const kind of data.kinds.filter((one) => links.some((link) => link.kind === one))) {
    const item = tag("li"), button = tag("button"), dot = tag("span", "dot");
    dot.style.background = `var(--link-${kind})`;
    button.type = "button";
    button.setAttribute("aria-pressed", "true");
    button.append(dot, tag("span", "", `${kind} ${links.filter((link) => link.kind === kind).length}`));
    button.addEventListener("click", () => {
      hidden.has(kind) ? hidden.delete(kind) : hidden.add(kind);
      button.setAttribute("aria-pressed", String(!hidden.has(kind)));
      update();
    });
    item.append(button);
    byId("legend").append(item);
  }

  drawMarkers();
  start();
  arrange();
  for (const node of nodes) if (node.shown) { node.x = node.toX; node.y = node.toY; }
  update();
  look();
  addEventListener("resize", look);
})();
