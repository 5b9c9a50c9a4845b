// Slides: without this script they stand one below the other.
(() => {
  const slides = [...document.querySelectorAll(".salindia")];
  if (!slides.length || matchMedia("(max-width: 700px)").matches) return;
  const root = document.documentElement;
  const links = [...document.querySelectorAll(".daftar-isi a")];
  const parts = slides.map((slide) => [...slide.querySelectorAll(".ungkap")]);
  let now = -1, step = 0;

  const show = (index, shown) => {
    index = Math.max(0, Math.min(slides.length - 1, index));
    step = Math.max(0, Math.min(parts[index].length, shown));
    parts[index].forEach((part, i) => part.classList.toggle("belum", i >= step));
    if (index === now) return;
    now = index;
    slides.forEach((slide, i) => slide.classList.toggle("kini", i === now));
    links.forEach((link, i) => i === now ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current"));
    history.replaceState(null, "", "#" + (now + 1));
    slides[now].focus({ preventScroll: true });
  };
  const next = () => step < parts[now].length ? show(now, step + 1) : now < slides.length - 1 && show(now + 1, 0);
  const back = () => step > 0 ? show(now, step - 1) : now > 0 && show(now - 1, Infinity);
  const follow = () => {
    const name = decodeURIComponent(location.hash.slice(1));
    const index = /^\d+$/.test(name) ? name - 1 : slides.findIndex((slide) => slide.id === name);
    show(index < 0 ? Math.max(now, 0) : index, 0);
  };
  const full = () => document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen && root.requestFullscreen();
  const keys = {
    ArrowRight: next, ArrowDown: next, PageDown: next, ArrowLeft: back, ArrowUp: back, PageUp: back,
    Home: () => show(0, 0), End: () => show(slides.length - 1, Infinity), f: full, F: full,
    n: () => root.classList.toggle("dengan-catatan"), N: () => root.classList.toggle("dengan-catatan"),
  };
  root.classList.add("tayang");
  addEventListener("hashchange", follow);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const act = event.key === " " ? (event.shiftKey ? back : next) : keys[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  let start = null;
  addEventListener("touchstart", (event) => { start = event.touches.length === 1 ? event.touches[0] : null; }, { passive: true });
  addEventListener("touchend", (event) => {
    if (!start) return;
    const end = event.changedTouches[0], x = end.clientX - start.clientX, y = end.clientY - start.clientY;
    if (Math.abs(x) > 50 && Math.abs(x) > 2 * Math.abs(y)) (x < 0 ? next : back)();
    start = null;
  }, { passive: true });
  follow();
})();
