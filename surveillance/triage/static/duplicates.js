// Answers by key. Single keys can be switched off (WCAG 2.1.4): a voice or a cat may type.
"use strict";

const KEPT = "surveil duplicates keys";
const choice = document.getElementById("keys");
let gone = false;

function show() {
  for (const one of document.querySelectorAll("[data-shown-with-keys]")) one.hidden = !choice.checked;
}

if (choice) {
  choice.checked = localStorage.getItem(KEPT) !== "off";
  choice.closest("[data-shown-with-script]").hidden = false;
  choice.addEventListener("change", () => {
    localStorage.setItem(KEPT, choice.checked ? "on" : "off");
    show();
  });
  show();
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (gone || typing || !choice.checked || event.repeat) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const wanted = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!wanted) return;
    event.preventDefault();
    wanted.click();
  });
}

// One page takes one answer: a second press while the next page comes is about that one.
document.addEventListener("submit", (event) => {
  if (gone) event.preventDefault();
  gone = true;
});
window.addEventListener("pageshow", () => {
  gone = false;
});
