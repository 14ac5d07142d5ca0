"use strict";
// Thresholds: each slider picks one of the counts that were made when the report was written.
for (const box of document.querySelectorAll(".whatif")) {
  const counts = JSON.parse(box.dataset.counts);
  const now = Number(box.dataset.now);
  const slider = box.querySelector("input");
  const output = box.querySelector("output");
  const told = box.querySelector(".told");
  const line = document.getElementById(box.dataset.line);
  const grouped = (n) => n.toLocaleString("en-US");
  const share = (n, of) => (of ? (100 * n / of).toFixed(1) : "0") + " %";
  const show = () => {
    const at = Number(slider.value);
    const change = counts.kept[at] - counts.kept[now];
    const moved = change ? ` (${change > 0 ? "+" : "−"}${grouped(Math.abs(change))})` : "";
    output.textContent = `${box.dataset.sign} ${counts.bounds[at]}`;
    told.textContent = `broken by ${grouped(counts.broken[at])} (${share(counts.broken[at], counts.seen)}); ` +
      `the step keeps ${grouped(counts.kept[at])}${moved}`;
    box.classList.toggle("changed", at !== now);
    if (line) {
      const x = `${Math.min(Math.max(counts.at[at], 0), 100)}%`;
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
      line.setAttribute("opacity", at === now ? "0" : "1");
    }
  };
  slider.addEventListener("input", show);
  output.addEventListener("click", () => { slider.value = now; show(); });
  slider.disabled = false;
  slider.value = now;
}

// Contents: mark the section that is being read.
const links = new Map([...document.querySelectorAll("nav ol a")].map((a) => [a.hash.slice(1), a]));
const seen = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (entry.isIntersecting) {
      for (const link of links.values()) link.removeAttribute("aria-current");
      links.get(entry.target.id)?.setAttribute("aria-current", "true");
    }
  }
}, { rootMargin: "-10% 0px -80% 0px" });
for (const id of links.keys()) {
  const section = document.getElementById(id);
  if (section) seen.observe(section);
}
