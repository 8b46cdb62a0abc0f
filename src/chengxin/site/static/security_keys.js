/* Security keys (WebAuthn): the form's options lie beside it as JSON; what the browser answers goes into its hidden field. */
"use strict";

function bytesOf(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}
function textOf(buffer) {
  let plain = "";
  new Uint8Array(buffer).forEach((byte) => { plain += String.fromCharCode(byte); });
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
function withBytes(options) {
  const made = { ...options, challenge: bytesOf(options.challenge) };
  if (options.user) made.user = { ...options.user, id: bytesOf(options.user.id) };
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    if (options[list]) made[list] = options[list].map((each) => ({ ...each, id: bytesOf(each.id) }));
  }
  return made;
}
function asText(credential) {
  const answer = credential.response;
  const response = { clientDataJSON: textOf(answer.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (answer[part]) response[part] = textOf(answer[part]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: textOf(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  });
}
async function askForKey(form) {
  const options = JSON.parse(document.getElementById(form.dataset.options).textContent);
  const publicKey = withBytes(options.publicKey);
  const credential = await navigator.credentials[form.dataset.key]({ publicKey });
  form.elements.credential.value = asText(credential);
  form.submit();
}
document.querySelectorAll("form[data-key]").forEach((form) => {
  const said = form.querySelector("[data-key-error]");
  const button = form.querySelector("button[type=submit]");
  const label = button.textContent;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    said.hidden = true;
    button.disabled = true;
    button.textContent = button.dataset.busy;
    askForKey(form).catch(() => {
      said.hidden = false;
      button.disabled = false;
      button.textContent = label;
    });
  });
});
