/* Small behaviours the pages need; everything works, slower, without them. */
"use strict";

/* Search suggestions: the list comes by htmx, the arrow keys and Enter belong to the field (WAI-ARIA combobox). */
function optionsOf(field) {
  return Array.from(document.getElementById(field.getAttribute("aria-controls")).querySelectorAll("[role=option]"));
}
function choose(field, next) {
  optionsOf(field).forEach((option, place) => {
    option.setAttribute("aria-selected", String(place === next));
    if (place === next) field.setAttribute("aria-activedescendant", option.id);
  });
  if (next < 0) field.removeAttribute("aria-activedescendant");
}
function closeSuggestions(field) {
  document.getElementById(field.getAttribute("aria-controls")).replaceChildren();
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}
document.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!(field instanceof HTMLInputElement) || field.getAttribute("role") !== "combobox") return;
  const options = optionsOf(field);
  const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" && options.length) { event.preventDefault(); choose(field, (now + 1) % options.length); }
  else if (event.key === "ArrowUp" && options.length) { event.preventDefault(); choose(field, now <= 0 ? options.length - 1 : now - 1); }
  else if (event.key === "Enter" && now >= 0) { event.preventDefault(); window.location.assign(options[now].dataset.href); }
  else if (event.key === "Escape" && options.length) { event.preventDefault(); closeSuggestions(field); }
});
document.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option][data-href]");
  if (option) window.location.assign(option.dataset.href);
  document.querySelectorAll("input[role=combobox]").forEach((field) => { if (!field.parentElement.parentElement.contains(event.target)) closeSuggestions(field); });
});
document.addEventListener("htmx:afterSwap", (event) => {
  const field = document.querySelector(`input[role=combobox][aria-controls="${event.target.id}"]`);
  if (field) field.setAttribute("aria-expanded", String(event.target.querySelector("[role=option]") !== null));
});
/* An answer that comes after the field was emptied or left is thrown away. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const field = document.querySelector(`input[role=combobox][aria-controls="${event.target.id}"]`);
  if (field && (document.activeElement !== field || field.value.trim() === "")) event.detail.shouldSwap = false;
});

/* Work that would be asked twice: a form marked data-once disables its buttons and says what it does. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]")) return;
  form.querySelectorAll("button").forEach((button) => {
    if (button.dataset.busy) button.textContent = button.dataset.busy;
    setTimeout(() => { button.disabled = true; });
  });
});
window.addEventListener("pageshow", (event) => { if (event.persisted) document.querySelectorAll("form[data-once] button").forEach((button) => { button.disabled = false; }); });

/* Printing opens the quotes that stand folded, and the tables behind charts. */
window.addEventListener("beforeprint", () => document.querySelectorAll("details.basis:not([open]), .chart details:not([open])").forEach((fold) => { fold.open = true; fold.dataset.printed = "1"; }));
window.addEventListener("afterprint", () => document.querySelectorAll("details[data-printed]").forEach((fold) => { fold.open = false; delete fold.dataset.printed; }));

/* On a wide screen the workbench's rail is always open. */
const rail = document.querySelector(".rail details");
if (rail && window.matchMedia("(min-width: 960px)").matches) rail.open = true;
