// Keeps what is typed into a letter, counts down what waits, and fetches what is inserted. Every
// form works without it.
(() => {
  const PAUSE = 900; // since the last key
  const keeping = new WeakMap(); // form → { timer, fetch }

  document.documentElement.classList.add("has-script");

  const formOf = (element) => element.closest("form[data-draft]");
  const part = (form) => form.querySelector("[data-draft-part]");

  function work(form) {
    if (!keeping.has(form)) keeping.set(form, { timer: 0, fetch: null, isSent: false });
    return keeping.get(form);
  }

  // --- keeping ------------------------------------------------------------------------------------

  function fields(form, { adds, files }) {
    const sent = new FormData(form);
    if (!adds) sent.delete("cc_more"); // half an address is no address
    if (!files) sent.delete("files");
    return sent;
  }

  async function keep(form, { address = form.dataset.draft, adds = false, files = false, leaves = false } = {}) {
    const state = work(form);
    clearTimeout(state.timer);
    state.timer = 0;
    if (state.isSent) return;
    state.fetch?.abort();
    state.fetch = new AbortController();
    let answer, html;
    try {
      answer = await fetch(address, {
        method: "POST",
        body: fields(form, { adds, files }),
        headers: { "HX-Request": "true" },
        signal: state.fetch.signal,
        keepalive: leaves,
      });
      html = await answer.text(); // may be broken off as well
    } catch (error) {
      if (error.name !== "AbortError") again(form);
      return;
    }
    if (answer.status >= 500 || answer.redirected) { again(form); return; }
    show(form, html, answer.ok);
    if (answer.ok && adds) form.querySelector("[data-adds]").value = "";
    if (answer.ok && files) form.querySelector("input[type=file]").value = "";
  }

  function again(form) {
    form.querySelector("[data-draft-state]").textContent = form.dataset.unkept;
    work(form).timer = setTimeout(() => keep(form), 8000);
  }

  function show(form, html, isKept) {
    const drawn = new DOMParser().parseFromString(html, "text/html").querySelector("[data-draft-part]");
    const old = part(form);
    if (!drawn || !old) return;
    const active = old.contains(document.activeElement) ? document.activeElement : null;
    old.replaceWith(document.adoptNode(drawn));
    if (active) {
      const same = drawn.querySelector(`[name="${active.name}"][value="${CSS.escape(active.value)}"]`);
      (same ?? drawn.querySelector("input, button") ?? form.querySelector("[data-adds]"))?.focus();
    }
    if (isKept) form.querySelector("[data-send]").textContent = drawn.dataset.label;
  }

  document.addEventListener("input", (event) => {
    const form = formOf(event.target);
    if (!form || event.target.matches("[data-adds], [name=later_at], [name=unless], input[type=file]")) return;
    const state = work(form);
    clearTimeout(state.timer);
    state.timer = setTimeout(() => keep(form), event.target.matches("textarea") ? PAUSE : 0);
  });

  document.addEventListener("change", (event) => {
    const form = event.target.matches("input[type=file]") && formOf(event.target);
    if (form) keep(form, { files: true });
  });

  // What was typed a moment ago is kept also if the window is closed now.
  addEventListener("pagehide", () => {
    for (const form of document.querySelectorAll("form[data-draft]")) {
      const state = work(form);
      if (state.timer && !state.isSent) keep(form, { leaves: true });
    }
  });

  document.addEventListener("submit", (event) => {
    const form = formOf(event.target);
    if (!form || event.defaultPrevented) return;
    const state = work(form);
    clearTimeout(state.timer);
    state.fetch?.abort(); // it must not come after what is sent
    state.isSent = true;
    setTimeout(() => { state.isSent = false; }, 8000);
  });

  // --- buttons ------------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    const form = button && formOf(button);
    if (!form) return;
    if ("keeps" in button.dataset) {
      event.preventDefault();
      keep(form, { address: button.formAction, adds: true });
    } else if ("inserts" in button.dataset) {
      event.preventDefault();
      button.closest("details")?.removeAttribute("open");
      insert(form.querySelector("textarea"), button.dataset.inserts);
    } else if ("preview" in button.dataset) {
      event.preventDefault();
      preview(form, button);
    }
  });

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !field.matches?.("[data-adds]")) return;
    event.preventDefault();
    if (field.value.trim()) keep(formOf(field), { adds: true });
  });

  async function insert(area, address) {
    const answer = await fetch(address);
    if (!answer.ok) return;
    const text = await answer.text();
    area.focus();
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async function preview(form, button) {
    const place = form.querySelector("[data-preview-place]");
    if (place.firstChild) { place.replaceChildren(); button.setAttribute("aria-expanded", "false"); return; }
    const answer = await fetch(button.formAction, {
      method: "POST",
      body: fields(form, { adds: true, files: false }),
      headers: { "HX-Request": "true" },
    });
    const drawn = new DOMParser().parseFromString(await answer.text(), "text/html").body;
    place.replaceChildren(...drawn.childNodes);
    button.setAttribute("aria-expanded", "true");
  }

  // --- what waits ---------------------------------------------------------------------------------

  const told = document.getElementById("countdown-words");
  const ahead = told ? Date.now() - Date.parse(told.dataset.now) : 0;
  setInterval(() => {
    for (const left of document.querySelectorAll("[data-leaves]")) {
      const seconds = Math.ceil((Date.parse(left.dataset.leaves) - Date.now() + ahead) / 1000);
      left.textContent = Math.max(0, seconds);
    }
  }, 500);
})();
