// Goes on counting the time left of every promise on the page, in the words of the server.
(() => {
  const told = document.getElementById("countdown-words");
  if (!told) return; // a page without a clock
  const words = JSON.parse(told.textContent);
  // Count by the desk's clock: that of the reader may be wrong.
  const ahead = Date.now() - Date.parse(told.dataset.now);
  const fill = (form, value) => form.replace("{}", value);

  function rough(seconds) {
    if (seconds < 60) return words.soon;
    if (seconds < 3600) return fill(words.min, Math.floor(seconds / 60));
    return fill(words.h, Math.floor(seconds / 3600));
  }

  function tick() {
    for (const left of document.querySelectorAll("[data-due]")) {
      const seconds = Math.floor((Date.parse(left.dataset.due) - Date.now() + ahead) / 1000);
      if (Math.abs(seconds) >= 172800) continue; // days: the server's words hold until it speaks again
      const said = fill(seconds < 0 ? words.late : words.in, rough(Math.abs(seconds)));
      if (left.textContent !== said) left.textContent = said;
      if (seconds < 0) left.classList.replace("is-due", "is-missed");
    }
  }

  tick();
  setInterval(tick, 1000);
  document.querySelector("[data-focus]")?.focus();
})();
