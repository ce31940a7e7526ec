// Gives a recording a waveform that shows where one is and leads anywhere, by pointer and by key.
// Without it the browser's own player stands there.
(() => {
  const STEP = 2, LEAP = 10; // seconds
  const FAST = 1.5;
  const begun = new WeakSet();

  const clock = (seconds) => {
    const whole = Math.floor(seconds);
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
  };

  function begin(sound) {
    if (begun.has(sound)) return;
    begun.add(sound);
    const audio = sound.querySelector("audio");
    const own = sound.querySelector(".recording-own");
    const wave = sound.querySelector(".recording-wave");
    const play = sound.querySelector("[data-play]");
    const speed = sound.querySelector("[data-speed]");
    const heard = sound.querySelector("[data-heard]");
    const width = sound.querySelector("svg[viewBox][preserveAspectRatio]").viewBox.baseVal.width;
    const words = { play: play.getAttribute("aria-label"), pause: play.dataset.pause };
    // How long it is stands in the page; what the player finds out counts before it.
    const length = () => Number.isFinite(audio.duration) ? audio.duration : Number(sound.dataset.recording);

    audio.controls = false;
    audio.hidden = true;
    own.hidden = false;

    function show() {
      const at = audio.currentTime, all = length();
      heard.setAttribute("width", all ? Math.min(1, at / all) * width : 0);
      sound.querySelector("[data-at]").textContent = clock(at);
      sound.querySelector("[data-length]").textContent = clock(Math.round(all));
      wave.setAttribute("aria-valuemax", Math.round(all));
      wave.setAttribute("aria-valuenow", Math.round(at));
      wave.setAttribute("aria-valuetext", `${clock(at)} / ${clock(Math.round(all))}`);
      own.classList.toggle("is-playing", !audio.paused);
      play.setAttribute("aria-label", audio.paused ? words.play : words.pause);
    }

    function seek(seconds) {
      audio.currentTime = Math.max(0, Math.min(length(), seconds));
      show();
    }

    for (const name of ["play", "pause", "timeupdate", "seeked", "loadedmetadata", "ended"]) {
      audio.addEventListener(name, show);
    }
    audio.addEventListener("ended", () => tell(sound));
    play.addEventListener("click", () => { if (audio.paused) audio.play(); else audio.pause(); });
    speed.addEventListener("click", () => {
      const fast = speed.getAttribute("aria-pressed") !== "true";
      speed.setAttribute("aria-pressed", fast);
      audio.defaultPlaybackRate = audio.playbackRate = fast ? FAST : 1;
    });
    wave.addEventListener("click", (event) => {
      const { left, width: wide } = wave.getBoundingClientRect();
      seek((event.clientX - left) / wide * length());
    });
    wave.addEventListener("keydown", (event) => {
      const to = {
        ArrowRight: audio.currentTime + STEP, ArrowUp: audio.currentTime + STEP,
        ArrowLeft: audio.currentTime - STEP, ArrowDown: audio.currentTime - STEP,
        PageUp: audio.currentTime + LEAP, PageDown: audio.currentTime - LEAP,
        Home: 0, End: length(),
      }[event.key];
      if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      seek(to);
    });
    show();
  }

  // Whoever has heard it to the end need not say so.
  function tell(sound) {
    const form = document.querySelector(`[data-hearing="${sound.id.replace("sound-", "")}"]`);
    if (!form) return;
    fetch(form.action, {
      method: "POST", body: new FormData(form), headers: { "HX-Request": "true" },
    }).then((answer) => {
      if (answer.ok) document.querySelector("[data-live]")?.dispatchEvent(new CustomEvent("live"));
    });
  }

  const look = () => document.querySelectorAll("[data-recording]").forEach(begin);
  document.addEventListener("page-changed", look);
  look();
})();
