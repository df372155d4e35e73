// A password that one sets can be looked at before it is sent (ASVS 2.1.12).
"use strict";

for (const field of document.querySelectorAll('input[type="password"]')) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet shows";
  button.textContent = "Show the password";
  button.setAttribute("aria-controls", field.id);
  button.addEventListener("click", () => {
    const hidden = field.type === "password";
    field.type = hidden ? "text" : "password";
    button.textContent = hidden ? "Hide the password" : "Show the password";
  });
  field.insertAdjacentElement("afterend", button);
}
