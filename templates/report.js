// Search among the findings. Everything else works without script.
(() => {
  "use strict";
  const box = document.getElementById("search-box");
  const input = document.getElementById("search");
  const said = document.getElementById("search-said");
  const filters = document.querySelector(".filters");
  if (!box || !filters) return;
  const choices = [...filters.querySelectorAll("select")];
  const checks = [...document.querySelectorAll(".findings > .check")].map((check) => ({
    check,
    findings: [...check.querySelectorAll(":scope > .finding")].map((finding) => ({ finding, text: "" })),
  }));
  const text = (entry, check) => entry.text ||= (check.id + " " + entry.finding.textContent).toLowerCase();

  function apply() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = choices.map((choice) => choice.value).filter(Boolean);
    let shown = 0;
    for (const { check, findings } of checks) {
      let here = 0;
      for (const entry of findings) {
        const found = words.every((word) => text(entry, check).includes(word));
        entry.finding.hidden = !found;
        if (found && chosen.every((one) => entry.finding.classList.contains(one) || check.classList.contains(one) && one.startsWith("fc"))) here++;
      }
      check.hidden = here === 0 && (words.length > 0 || chosen.length > 0);
      shown += here;
    }
    said.textContent = words.length || chosen.length ? shown.toLocaleString("en") + (shown === 1 ? " finding shown" : " findings shown") : "";
  }

  let waiting = 0;
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 120);
  });
  filters.addEventListener("change", apply);
  filters.addEventListener("reset", () => {
    input.value = "";
    setTimeout(apply); // when the choices are reset
  });
  // A link to a finding that is hidden shows it again.
  addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const hidden = target?.closest(".findings [hidden]") || target?.closest(".findings") && (input.value || choices.some((choice) => choice.value));
    if (!hidden) return;
    filters.reset();
    input.value = "";
    apply();
    target.scrollIntoView();
  });
  box.hidden = false;
})();
