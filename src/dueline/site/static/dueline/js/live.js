// Keeps an open page true: asks every two seconds (or as often as the page says, where a telephone
// rings), changes in place, and moves nothing under the pointer. The server answers "304 Not Modified" while nothing has happened.
(() => {
  const live = document.querySelector("[data-live]");
  if (!live) return;

  const EVERY = Number(live.dataset.live) || 2000;
  const STILL = 1500; // a pointer that moved this recently is about to click
  const FRESH = 12000;
  let tag = "";
  let movedAt = 0;
  let failures = 0;
  const fresh = new Map();

  live.addEventListener("pointermove", () => { movedAt = Date.now(); }, { passive: true });
  live.addEventListener("pointerdown", () => { movedAt = Date.now(); }, { passive: true });

  const news = () => new Map(
    [...live.querySelectorAll("[data-news]")].map((row) => [row.id, row.dataset.news]));
  let before = news();

  // Opened "why?" and quoted texts stay open, whatever the server's fragment says of them.
  htmx.registerExtension("dueline", {
    htmx_before_morph_attr: (element, detail) =>
      !(detail.attrName === "open" && element.tagName === "DETAILS"),
  });

  live.addEventListener("htmx:config:request", (event) => {
    if (tag && event.target === live) event.detail.ctx.request.headers["If-None-Match"] = tag;
  });

  let anchor = null;
  live.addEventListener("htmx:before:swap", (event) => {
    const { response } = event.detail.ctx;
    if (event.target !== live) return;
    if (!response.raw.ok) { event.preventDefault(); return; }
    if (isAboutToClick() || isWriting()) { event.preventDefault(); return; }
    const under = live.querySelector("[data-news]:hover");
    anchor = under && { id: under.id, top: under.getBoundingClientRect().top };
    tag = response.headers.get("ETag") || "";
  });

  live.addEventListener("htmx:after:swap", (event) => {
    if (event.target !== live) return;
    const row = anchor && document.getElementById(anchor.id);
    if (row) window.scrollBy(0, row.getBoundingClientRect().top - anchor.top);
    markFresh();
    document.dispatchEvent(new CustomEvent("page-changed"));
  });

  const rings = document.getElementById("rings");
  live.addEventListener("htmx:after:request", (event) => {
    if (rings) rings.hidden = !event.detail.ctx.response.headers.get("Dueline-Rings");
    failures = event.detail.ctx.response.status < 500 ? 0 : failures + 1;
  });
  live.addEventListener("htmx:error", () => { failures += 1; });

  // Where a telephone rings, only a pointer on something that can be clicked holds the news back.
  function isAboutToClick() {
    if (Date.now() - movedAt >= STILL) return false;
    return !live.dataset.live || live.querySelector("a:hover, button:hover, label:hover");
  }

  function isWriting() {
    const active = document.activeElement;
    if (!live.contains(active) || active.closest("[hx-morph-skip]")) return false;
    return active.matches("input, textarea, select");
  }

  function markFresh() {
    const after = news();
    const now = Date.now();
    const told = [];
    for (const [id, text] of after) {
      if (before.get(id) !== text) {
        fresh.set(id, now);
        told.push(document.getElementById(id).querySelector(".case-link, .entry-who, .call-news")?.textContent ?? "");
      }
    }
    for (const [id, since] of fresh) {
      const row = document.getElementById(id);
      if (!row || now - since > FRESH) fresh.delete(id);
      else row.classList.add("is-fresh");
    }
    if (told.length) document.getElementById("announcer").textContent = told.join(", ");
    before = after;
  }

  let waited = 0;
  setInterval(() => {
    waited += 1;
    // A server in trouble is asked less and less often, down to every half minute.
    if (document.hidden || waited < Math.min(15, 2 ** failures)) return;
    waited = 0;
    live.dispatchEvent(new CustomEvent("live"));
  }, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) live.dispatchEvent(new CustomEvent("live"));
  });
})();
