// What all pages share: htmx sends the session's own word along, and errors are said aloud.
"use strict";

const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";

/** Says something to a screen reader without moving anybody's focus. */
function say(words) {
  const place = document.getElementById("say");
  if (place) place.textContent = words;
}

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = meta("csrf");
});

document.addEventListener("htmx:responseError", (event) => {
  let words = "Something is wrong; load the page again.";
  try {
    words = JSON.parse(event.detail.xhr.responseText).error;
  } catch {
    // Not JSON: the words above stand.
  }
  if (event.detail.xhr.status === 401) words = "Your session has ended: load the page to sign in again.";
  const place = document.querySelector("[data-fault]");
  if (place) {
    place.textContent = words;
    place.hidden = false;
  }
  say(words);
});

document.addEventListener("htmx:sendError", () => say("The server does not answer; try again."));
